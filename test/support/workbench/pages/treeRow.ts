import type { Locator } from 'playwright-core';
import { until } from '../until.ts';
import { ContextMenu } from './contextMenu.ts';
import type { DomElement } from './dom.ts';
import { plain, wholly } from './text.ts';
import type { Words } from './text.ts';

export interface RowFacts {
  /** Position among all rows of the tree, in view or not. */
  readonly index: number;
  /** 1 for the roots. */
  readonly level: number;
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly aria: string;
  /** Undefined for a row without children. */
  readonly isExpanded: boolean | undefined;
  readonly isSelected: boolean;
  readonly isFocused: boolean;
  /** The codicon's name, such as `folder`; empty for another kind of icon. */
  readonly icon: string;
}

/** Reads rows in one go, so that they belong together. */
export async function readRows(rows: Locator): Promise<RowFacts[]> {
  const facts = await rows.evaluateAll((elements: DomElement[]) => {
    const text = (row: DomElement, selector: string): string =>
      (row.querySelector(selector)?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
    return elements.map((row) => {
      const expanded = row.getAttribute('aria-expanded');
      return {
        index: Number(row.getAttribute('data-index')),
        level: Number(row.getAttribute('aria-level')),
        label: text(row, '.label-name'),
        description: text(row, '.label-description'),
        aria: row.getAttribute('aria-label') ?? '',
        isExpanded: expanded === null ? undefined : expanded === 'true',
        isSelected: row.getAttribute('aria-selected') === 'true',
        isFocused: row.className.includes('focused'),
        icon: /codicon-(?!colored)([\w-]+)/.exec(row.querySelector('.custom-view-tree-node-item-icon')?.className ?? '')?.[1] ?? '',
      };
    });
  });
  return facts.sort((a, b) => a.index - b.index);
}

/** A row of a tree view, found anew at each use. */
export class TreeRow {
  readonly locator: Locator;
  readonly #name: string;

  constructor(locator: Locator, name: string) {
    this.locator = locator;
    this.#name = name;
  }

  /** Undefined while there is no such row in view. */
  async facts(): Promise<RowFacts | undefined> {
    const [facts] = await readRows(this.locator);
    return facts;
  }

  /** Waits until the row is there and, if given, fits. */
  async wait(fits: (facts: RowFacts) => boolean = () => true): Promise<RowFacts> {
    let last: RowFacts | undefined;
    try {
      return await until('', async () => {
        last = await this.facts();
        return last !== undefined && fits(last) && last;
      });
    } catch {
      throw new Error(`Waited in vain for the row "${this.#name}"${last === undefined ? '' : `. It is: ${JSON.stringify(last)}`}`);
    }
  }

  async waitForDescription(words: Words): Promise<RowFacts> {
    return await this.wait(({ description }) => wholly(words).test(description));
  }

  async waitUntilGone(): Promise<void> {
    await this.locator.waitFor({ state: 'detached' });
  }

  async click(modifiers: ('Control' | 'Shift')[] = []): Promise<void> {
    await this.#label.click({ modifiers });
  }

  async expand(): Promise<this> {
    if (!(await this.wait()).isExpanded) await this.locator.locator('.monaco-tl-twistie').click();
    await this.wait(({ isExpanded }) => isExpanded === true);
    return this;
  }

  async collapse(): Promise<this> {
    if ((await this.wait()).isExpanded) await this.locator.locator('.monaco-tl-twistie').click();
    await this.wait(({ isExpanded }) => isExpanded === false);
    return this;
  }

  /** The names of the icons that appear when the mouse is over the row. */
  async inlineActions(): Promise<string[]> {
    await this.locator.hover();
    const actions = await this.locator
      .locator('.actions .action-label')
      .evaluateAll((found: DomElement[]) => found.map((action) => action.getAttribute('aria-label')));
    return actions.map((name) => plain(name));
  }

  async runInline(name: string): Promise<void> {
    await this.locator.hover();
    await this.locator.locator(`.actions .action-label[aria-label="${name}"]`).click();
  }

  async openMenu(): Promise<ContextMenu> {
    await this.#label.click({ button: 'right' });
    return await new ContextMenu(this.locator.page()).wait();
  }

  async chooseFromMenu(label: Words): Promise<void> {
    await (await this.openMenu()).choose(label);
  }

  /** The text of the card that appears when the mouse rests on the row. */
  async tooltip(): Promise<string> {
    return (await this.card()).text;
  }

  /** The same card with what in it could be pressed, loaded or run, as markup. */
  async card(): Promise<{ readonly text: string; readonly alive: readonly string[] }> {
    const hover = await this.showCard();
    const text = plain(await hover.textContent());
    const alive = await hover
      .locator('a, img, svg, script, style, iframe, object, button, input, [onclick], [onerror], [onload], .codicon')
      .evaluateAll((found: DomElement[]) => found.map(({ outerHTML }) => outerHTML));
    await this.locator.page().keyboard.press('Escape');
    return { text, alive };
  }

  /** Rests the mouse on the row until its card is there. */
  async showCard(): Promise<Locator> {
    const page = this.locator.page();
    const hover = page.locator('.workbench-hover').last();
    await until(`the card of ${this.#name}`, async () => {
      // A row that is drawn anew loses its card, and only a mouse that comes from elsewhere brings another.
      await page.mouse.move(0, 0);
      await this.#label.hover();
      return await hover.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
    });
    return hover;
  }

  get #label(): Locator {
    return this.locator.locator('.monaco-icon-label').first();
  }
}

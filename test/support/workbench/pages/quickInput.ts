import type { Locator, Page } from 'playwright-core';
import { until } from '../until.ts';
import type { DomElement } from './dom.ts';
import { plain, wholly } from './text.ts';
import type { Words } from './text.ts';

export interface QuickPickItem {
  /** Position among all rows, in view or not. */
  readonly index: number;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  /** What a screen reader says. */
  readonly aria: string;
  readonly isFocused: boolean;
  /** Undefined where only one can be picked. */
  readonly isChecked: boolean | undefined;
}

/** Quick picks, input boxes and the command palette: VS Code has one widget for all of them. */
export class QuickInput {
  readonly locator: Locator;
  readonly input: Locator;
  readonly #page: Page;
  readonly #rows: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.locator = page.locator('.quick-input-widget');
    this.input = this.locator.locator('.quick-input-box input');
    this.#rows = this.locator.locator('.quick-input-list .monaco-list-row');
  }

  /** Waits until it is open, and of the title, prompt or placeholder if one is given. Steps of one wizard follow each other in the same widget. */
  async wait(words?: Words): Promise<this> {
    await this.input.waitFor();
    if (words !== undefined)
      await until(`a quick input that says "${words}"`, async () => (await this.#says()).some((text) => wholly(words).test(text)));
    return this;
  }

  /** Whether it is open, or comes to be within so many milliseconds. */
  async isOpen(patience = 0): Promise<boolean> {
    if (patience === 0) return await this.input.isVisible();
    return await isThere(this.input, patience);
  }

  async title(): Promise<string> {
    return plain(await this.locator.locator('.quick-input-title').textContent());
  }

  async placeholder(): Promise<string> {
    return (await this.input.getAttribute('placeholder')) ?? '';
  }

  async value(): Promise<string> {
    return await this.input.inputValue();
  }

  async type(text: string): Promise<void> {
    await this.input.fill(text);
  }

  /** The rows in view. */
  async items(): Promise<QuickPickItem[]> {
    const items = await this.#rows.evaluateAll((rows: DomElement[]) => {
      const text = (row: DomElement, selector: string): string =>
        (row.querySelector(selector)?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
      return rows.map((row) => {
        const box = row.querySelector('.quick-input-list-checkbox, .monaco-checkbox');
        return {
          index: Number(row.getAttribute('data-index')),
          label: text(row, '.quick-input-list-row:first-child .label-name'),
          description: text(row, '.quick-input-list-row:first-child .label-description'),
          detail: text(row, '.quick-input-list-label-meta'),
          aria: row.getAttribute('aria-label') ?? '',
          isFocused: row.className.includes('focused'),
          isChecked: box === null ? undefined : box.getAttribute('aria-checked') === 'true',
        };
      });
    });
    return items.sort((a, b) => a.index - b.index);
  }

  /** Whether there is a row with this label, or comes to be one within so many milliseconds. */
  async has(label: Words, patience: number): Promise<boolean> {
    return await isThere(this.#row(label), patience);
  }

  /** Picks by mouse the row with this label, once it is there. */
  async pick(label: Words): Promise<void> {
    await this.#row(label).click();
  }

  /** Ticks or unticks the row where several can be picked. */
  async toggle(label: Words): Promise<void> {
    await this.#row(label).locator('.quick-input-list-checkbox, .monaco-checkbox').first().click();
  }

  /** Walks by arrow keys to the row with this label and takes it. */
  async pickByKeyboard(label: Words): Promise<void> {
    await this.#row(label).waitFor();
    await until(`the focus on "${label}"`, async () => {
      const focused = (await this.items()).find(({ isFocused }) => isFocused);
      if (focused !== undefined && wholly(label).test(focused.label)) return true;
      await this.#page.keyboard.press('ArrowDown');
      return false;
    });
    await this.accept();
  }

  /** Enter. */
  async accept(): Promise<void> {
    await this.input.press('Enter');
  }

  /** Escape. */
  async cancel(): Promise<void> {
    await this.input.press('Escape');
  }

  /** The Back button of a wizard. */
  async back(): Promise<void> {
    await this.locator.locator('.quick-input-titlebar .action-label[aria-label^="Back"]').click();
  }

  /** What is said below the field: the prompt, without the keys that VS Code adds to it, or what is wrong with the value. */
  async message(): Promise<string> {
    return plain(await this.locator.locator('.quick-input-message').textContent()).replace(/ \(Press 'Enter' .*\)$/, '');
  }

  async waitForMessage(words: Words): Promise<void> {
    await until(`the message "${words}" in the input box`, async () => wholly(words).test(await this.message()));
  }

  async waitUntilClosed(): Promise<void> {
    await this.locator.waitFor({ state: 'hidden' });
  }

  #row(label: Words): Locator {
    return this.#rows
      .filter({ has: this.#page.locator('.quick-input-list-row:first-child .label-name').filter({ hasText: wholly(label) }) })
      .first();
  }

  async #says(): Promise<string[]> {
    return [await this.title(), await this.message(), await this.placeholder()];
  }
}

async function isThere(what: Locator, patience: number): Promise<boolean> {
  return await what.waitFor({ timeout: patience }).then(
    () => true,
    () => false,
  );
}

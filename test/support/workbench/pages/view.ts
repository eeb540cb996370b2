import type { Locator, Page } from 'playwright-core';
import { until } from '../until.ts';
import { plain, wholly } from './text.ts';
import type { Words } from './text.ts';
import { readRows, TreeRow } from './treeRow.ts';
import type { RowFacts } from './treeRow.ts';

/** A tree view in the side bar, by the name in its heading. A tree draws only the rows in view. */
export class View {
  readonly locator: Locator;
  readonly #name: string;
  readonly #page: Page;
  readonly #rows: Locator;

  constructor(page: Page, name: string) {
    this.#page = page;
    this.#name = name;
    this.locator = page.locator('.pane').filter({ has: page.locator(`> .pane-header[aria-label="${name} Section"]`) });
    this.#rows = this.locator.locator('.monaco-list-rows > .monaco-list-row');
  }

  /** Opens the view if only its heading is there. */
  async expand(): Promise<this> {
    const header = this.locator.locator('> .pane-header');
    await header.waitFor({ state: 'attached' });
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
    return this;
  }

  /** The row with this label; `level` tells rows of the same label apart, 1 is a root. */
  row(label: Words, level?: number): TreeRow {
    const name = this.#page.locator('.monaco-icon-label .label-name').filter({ hasText: wholly(label) });
    const rows = level === undefined ? this.#rows : this.locator.locator(`.monaco-list-rows > .monaco-list-row[aria-level="${level}"]`);
    return new TreeRow(rows.filter({ has: name }).first(), `${this.#name}: ${label}`);
  }

  /** The rows in view, from top to bottom. */
  async rows(): Promise<RowFacts[]> {
    return await readRows(this.#rows);
  }

  /** Waits until the rows in view fit. */
  async waitForRows(what: string, fits: (rows: RowFacts[]) => boolean, patience?: number): Promise<RowFacts[]> {
    const rowsThatFit = async () => {
      const rows = await this.rows();
      return fits(rows) && rows;
    };
    return await until(`${this.#name}: ${what}`, rowsThatFit, patience);
  }

  /** Every row, by scrolling from top to bottom. */
  async allRows(): Promise<RowFacts[]> {
    const found = new Map<number, RowFacts>();
    await this.#scroll((rows) => {
      for (const row of rows) found.set(row.index, row);
      return false;
    });
    return [...found.values()].sort((a, b) => a.index - b.index);
  }

  /** Scrolls until the row is in view. */
  async reveal(label: Words): Promise<TreeRow> {
    const isFound = await this.#scroll((rows) => rows.some((row) => wholly(label).test(row.label)));
    if (!isFound) throw new Error(`There is no row "${label}" in ${this.#name}.`);
    return this.row(label);
  }

  /** Gives the tree the keyboard. */
  async focus(): Promise<void> {
    await this.locator.locator('.monaco-list').first().focus();
  }

  /** The row that the arrow keys have come to. */
  async focused(): Promise<RowFacts | undefined> {
    return (await this.rows()).find(({ isFocused }) => isFocused);
  }

  /** The names of the icons in the heading. */
  async titleActions(): Promise<string[]> {
    await this.locator.hover();
    const actions = await this.locator.locator('> .pane-header .action-label').all();
    return await Promise.all(actions.map(async (action) => plain(await action.getAttribute('aria-label'))));
  }

  async runTitleAction(name: string): Promise<void> {
    await this.locator.hover();
    await this.locator.locator(`> .pane-header .action-label[aria-label="${name}"]`).click();
  }

  /** Waits until an empty view says so; the labels of its buttons are in the text too. */
  async waitForWelcome(text: Words): Promise<string> {
    let said = '';
    const isSaid = async (): Promise<string | undefined> => {
      said = plain(await this.#welcome.innerText({ timeout: 1000 }).catch(() => ''));
      return (typeof text === 'string' ? said === text : text.test(said)) ? said : undefined;
    };
    return until(`${this.#name} to say ${String(text)}`, isSaid).catch((error: unknown) => {
      throw new Error(`It says: ${said}`, { cause: error });
    });
  }

  async pressWelcomeButton(label: Words): Promise<void> {
    await this.#welcome
      .locator('.monaco-button')
      .filter({ hasText: wholly(label) })
      .click();
  }

  /** The line a tree view may show above its rows. */
  async message(): Promise<string> {
    return plain(await this.locator.locator('.tree-explorer-viewlet-tree-view > .message').textContent());
  }

  get #welcome(): Locator {
    return this.locator.locator('.welcome-view-content');
  }

  /** Goes through the tree a screenful at a time until `seen` says true. @returns whether it did */
  async #scroll(seen: (rows: RowFacts[]) => boolean): Promise<boolean> {
    const box = await this.locator.locator('.monaco-list').first().boundingBox();
    if (box === null) throw new Error(`${this.#name} is not in view.`);
    await this.#page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await until(`${this.#name} at its top`, async () => {
      await this.#page.mouse.wheel(0, -100_000);
      const [first] = await this.rows();
      return first === undefined || first.index === 0;
    });
    for (;;) {
      const rows = await this.rows();
      if (seen(rows)) return true;
      if (rows.length === 0 || rows.at(-1)!.index >= (await this.#count()) - 1) return false;
      await this.#page.mouse.wheel(0, box.height * 0.7);
      await until(`${this.#name} scrolled`, async () => (await this.rows()).at(-1)!.index > rows.at(-1)!.index);
    }
  }

  /** How many rows there are, in view or not: the box that holds them is as high as all of them. */
  async #count(): Promise<number> {
    const all = await this.locator.locator('.monaco-list-rows').first().boundingBox();
    const one = await this.#rows.first().boundingBox();
    return all === null || one === null ? 0 : Math.round(all.height / one.height);
  }
}

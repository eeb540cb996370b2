import type { Locator, Page } from 'playwright-core';
import { until } from '../until.ts';
import { partly, plain } from './text.ts';
import type { Words } from './text.ts';

/** The line at the bottom of the window. */
export class StatusBar {
  readonly #items: Locator;

  constructor(page: Page) {
    this.#items = page.locator('.part.statusbar .statusbar-item:visible');
  }

  async texts(): Promise<string[]> {
    return (await this.#items.allTextContents()).map(plain).filter(Boolean);
  }

  /** The item in which these words are. */
  item(words: Words): Locator {
    return this.#items.filter({ hasText: partly(words) }).first();
  }

  async wait(words: Words): Promise<Locator> {
    const item = this.item(words);
    await item.waitFor();
    return item;
  }

  async waitUntilGone(words: Words): Promise<void> {
    await until(`no "${words}" in the status bar`, async () => (await this.item(words).count()) === 0);
  }

  async click(words: Words): Promise<void> {
    await this.item(words).locator('.statusbar-item-label').click();
  }
}

import type { Locator, Page } from 'playwright-core';
import { plain, wholly } from './text.ts';
import type { Words } from './text.ts';

/** The menu that is open, opened by the right mouse button or by a "…" button. */
export class ContextMenu {
  readonly locator: Locator;
  readonly #items: Locator;

  constructor(page: Page) {
    // Without its shadow root it would be hidden from CSS; Playwright looks into open ones.
    this.locator = page.locator('.monaco-menu').last();
    this.#items = this.locator.locator('.action-item:not(.disabled) .action-menu-item');
  }

  async wait(): Promise<this> {
    await this.#items.first().waitFor();
    return this;
  }

  /** The labels of what can be chosen, from top to bottom. */
  async items(): Promise<string[]> {
    return (await this.#items.locator('.action-label').allTextContents()).map(plain);
  }

  /** By mouse and Enter: in its first moments a menu takes a click for the end of the one that opened it. */
  async choose(label: Words): Promise<void> {
    const page = this.locator.page();
    const item = this.#items.filter({ has: page.locator('.action-label').filter({ hasText: wholly(label) }) }).first();
    await item.hover();
    await item.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await this.locator.waitFor({ state: 'hidden' });
  }

  async close(): Promise<void> {
    await this.locator.press('Escape');
    await this.locator.waitFor({ state: 'hidden' });
  }
}

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

  async choose(label: Words): Promise<void> {
    await this.#items
      .filter({
        has: this.locator
          .page()
          .locator('.action-label')
          .filter({ hasText: wholly(label) }),
      })
      .first()
      .click();
  }

  async close(): Promise<void> {
    await this.locator.press('Escape');
    await this.locator.waitFor({ state: 'hidden' });
  }
}

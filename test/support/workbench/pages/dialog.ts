import type { Locator, Page } from 'playwright-core';
import { plain, wholly } from './text.ts';
import type { Words } from './text.ts';

/** The modal question in the middle of the window. */
export class Dialog {
  readonly locator: Locator;

  constructor(page: Page) {
    this.locator = page.locator('.monaco-dialog-box');
  }

  async wait(words?: Words): Promise<this> {
    const message = this.locator.page().locator('.dialog-message-text');
    await (words === undefined ? this.locator : this.locator.filter({ has: message.filter({ hasText: wholly(words) }) })).waitFor();
    return this;
  }

  async message(): Promise<string> {
    return plain(await this.locator.locator('.dialog-message-text').textContent());
  }

  async detail(): Promise<string> {
    return plain(await this.locator.locator('.dialog-message-detail').textContent());
  }

  async buttons(): Promise<string[]> {
    return (await this.#buttons.allTextContents()).map(plain);
  }

  async press(label: Words): Promise<void> {
    await this.#buttons.filter({ hasText: wholly(label) }).click();
    await this.locator.waitFor({ state: 'detached' });
  }

  async cancel(): Promise<void> {
    await this.locator.press('Escape');
    await this.locator.waitFor({ state: 'detached' });
  }

  get #buttons(): Locator {
    return this.locator.locator('.dialog-buttons .monaco-button');
  }
}

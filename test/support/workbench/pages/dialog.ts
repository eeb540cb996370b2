import type { Locator, Page } from 'playwright-core';
import { plain, wholly } from './text.ts';
import type { Words } from './text.ts';

/** A question without details stands where else the details do. */
const MESSAGE = '.dialog-message-text, .dialog-message-detail';

/** The modal question in the middle of the window. */
export class Dialog {
  readonly locator: Locator;

  constructor(page: Page) {
    this.locator = page.locator('.monaco-dialog-box');
  }

  async wait(words?: Words): Promise<this> {
    const message = this.locator
      .page()
      .locator(MESSAGE)
      .filter({ hasText: words === undefined ? /./ : wholly(words) });
    await this.locator.filter({ has: message }).waitFor();
    return this;
  }

  async message(): Promise<string> {
    return plain(await this.locator.locator(MESSAGE).first().textContent());
  }

  async detail(): Promise<string> {
    return plain(await this.locator.locator('.dialog-message-detail').textContent());
  }

  async buttons(): Promise<string[]> {
    return (await this.#buttons.allTextContents()).map(plain);
  }

  async press(label: Words): Promise<void> {
    await this.#leave(() => this.#buttons.filter({ hasText: wholly(label) }).click());
  }

  async cancel(): Promise<void> {
    await this.#leave(() => this.locator.press('Escape'));
  }

  /** Waits until this very box is gone: a second question may stand in its place at once. */
  async #leave(act: () => Promise<void>): Promise<void> {
    const box = await this.locator.elementHandle();
    await act();
    await box.waitForElementState('hidden');
  }

  get #buttons(): Locator {
    return this.locator.locator('.dialog-buttons .monaco-button');
  }
}

import type { Locator, Page } from 'playwright-core';
import { until } from '../until.ts';
import type { DomElement } from './dom.ts';
import { partly, plain, wholly } from './text.ts';
import type { Words } from './text.ts';

/** One notification, as long as it is on the screen. */
export class Notification {
  readonly locator: Locator;

  constructor(locator: Locator) {
    this.locator = locator;
  }

  async text(): Promise<string> {
    return plain(await this.#message.textContent());
  }

  async severity(): Promise<'info' | 'warning' | 'error'> {
    const icon = await this.locator.locator('.notification-list-item-icon').getAttribute('class');
    return (/codicon-(info|warning|error)/.exec(icon ?? '')?.[1] as 'info' | undefined) ?? 'info';
  }

  /** Whether its progress bar moves. */
  async isWorking(): Promise<boolean> {
    return (await this.locator.locator('xpath=..').locator('> .monaco-progress-container.active').count()) > 0;
  }

  /** Where the progress bar stands, in percent; undefined for one that only says that something goes on. */
  async percent(): Promise<number | undefined> {
    const now = await this.locator.locator('xpath=..').locator('> .monaco-progress-container.discrete').getAttribute('aria-valuenow');
    return now === null ? undefined : Number(now);
  }

  async buttons(): Promise<string[]> {
    return (await this.#buttons.allTextContents()).map(plain);
  }

  async press(label: Words): Promise<void> {
    // Buttons of a notification are seen when the mouse is over it.
    await this.locator.hover();
    await this.#buttons.filter({ hasText: wholly(label) }).click();
  }

  /** The button that a notification with progress has. */
  async cancel(): Promise<void> {
    await this.press('Cancel');
  }

  async waitForText(words: Words): Promise<string> {
    return await until(`a notification that says "${words}"`, async () => {
      const text = await this.text();
      return partly(words).test(text) && text;
    });
  }

  async waitUntilGone(): Promise<void> {
    await this.locator.waitFor({ state: 'detached' });
  }

  get #message(): Locator {
    return this.locator.locator('.notification-list-item-message');
  }

  get #buttons(): Locator {
    return this.locator.locator('.notification-list-item-buttons-container .monaco-button:not(.monaco-dropdown-button)');
  }
}

/** The notifications at the lower right. */
export class Notifications {
  readonly #page: Page;
  readonly #items: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#items = page.locator('.notifications-toasts .notification-list-item, .notifications-center.visible .notification-list-item');
  }

  /** Waits for the notification in which these words are. It is found by them at each use: take words that stay while it changes. */
  async wait(words: Words): Promise<Notification> {
    const message = this.#page.locator('.notification-list-item-message').filter({ hasText: partly(words) });
    const locator = this.#items.filter({ has: message }).first();
    await locator.waitFor();
    return new Notification(locator);
  }

  /** The texts of all that are on the screen, the newest first. */
  async texts(): Promise<string[]> {
    const texts = await this.#items.evaluateAll((items: DomElement[]) =>
      items.map((item) => item.querySelector('.notification-list-item-message')?.textContent),
    );
    return texts.map(plain);
  }
}

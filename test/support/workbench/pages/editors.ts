import type { Locator, Page } from 'playwright-core';
import { plain, wholly } from './text.ts';
import type { Words } from './text.ts';

/** The editor tabs. */
export class Editors {
  readonly #page: Page;
  readonly #tabs: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#tabs = page.locator('.part.editor .tabs-container .tab');
  }

  async titles(): Promise<string[]> {
    return (await this.#tabs.locator('.tab-label .label-name').allTextContents()).map(plain);
  }

  async active(): Promise<string | undefined> {
    return (await this.#tabs.and(this.#page.locator('.active')).locator('.tab-label .label-name').allTextContents()).map(plain)[0];
  }

  /** Waits until the tab is there. */
  async wait(title: Words): Promise<void> {
    await this.#tab(title).waitFor();
  }

  async select(title: Words): Promise<void> {
    await this.#tab(title).click();
  }

  async close(title: Words): Promise<void> {
    await this.#tab(title).hover();
    await this.#tab(title).locator('.tab-actions .action-label').click();
    await this.#tab(title).waitFor({ state: 'detached' });
  }

  #tab(title: Words): Locator {
    return this.#tabs.filter({ has: this.#page.locator('.label-name').filter({ hasText: wholly(title) }) }).first();
  }
}

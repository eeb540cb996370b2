import type { Page } from 'playwright-core';

interface Allowed {
  readonly pattern: RegExp;
  readonly reason: string;
}

/** Errors that code-server logs by itself, with no extension of ours in it. Nothing of ours belongs here. */
const ALLOWED: readonly Allowed[] = [
  { pattern: /404 .*\/node_modules\/vsda\//, reason: "vsda signs messages in Microsoft's own builds and is not part of the open one." },
];

/** Collects the errors that a page writes to its console. What the extension host logs as an error arrives there too. */
export class ConsoleMonitor {
  readonly #errors: string[] = [];

  constructor(page: Page) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.#note(`${message.text()} [${message.location().url}]`);
    });
    page.on('pageerror', (error) => this.#note(error.stack ?? error.message));
  }

  /** All errors so far but those that code-server logs by itself. */
  errors(): readonly string[] {
    return this.#errors;
  }

  #note(text: string): void {
    if (!ALLOWED.some(({ pattern }) => pattern.test(text))) this.#errors.push(text);
  }
}

import type { Page } from 'playwright-core';

interface Allowed {
  readonly pattern: RegExp;
  readonly reason: string;
}

/** Errors that code-server logs by itself, with no extension of ours in it. Nothing of ours belongs here. */
const ALLOWED: readonly Allowed[] = [
  { pattern: /404 .*\/node_modules\/vsda\//, reason: "vsda signs messages in Microsoft's own builds and is not part of the open one" },
  {
    pattern: /\[lifecycle\] Long running operations during shutdown/,
    reason: 'parts of VS Code itself say so at each reload in a browser',
  },
  {
    pattern: /Unable to write file 'vscode-log:.*IndexedDB database .* is closed/,
    reason: 'a window that is being left still wants to write its log',
  },
  {
    pattern: /InvalidStateError: Failed to execute 'abort' on 'IDBTransaction'/,
    reason: 'a window that is being left gives up what it was writing, and that was just written',
  },
  {
    pattern: /Timed out waiting for authentication provider 'github' to register/,
    reason: 'VS Code itself asks for GitHub accounts, and on a busy machine its own extension for that is late',
  },
];

/** What the window says when an extension host was killed. */
const AFTER_A_CRASH: readonly Allowed[] = [
  { pattern: /CloseEvent/, reason: 'the connection to the extension host broke' },
  { pattern: /\[remote-connection\]\[ExtensionHost\]|Unknown reconnection token/, reason: 'the window tries to connect again' },
  { pattern: /Extension host \(Remote\) terminated unexpectedly/, reason: 'the window has understood' },
  { pattern: /ERR.* Canceled: Canceled/, reason: 'VS Code was asking the extension host, or an extension in it, for something' },
];

/** What the console says when a page was made to try what its policy refuses. */
const REFUSALS: readonly Allowed[] = [
  {
    pattern: /violates the following (?:Content Security Policy|directive)|Content Security Policy/,
    reason: 'the policy of a page refused it',
  },
];

/** Collects the errors that a page writes to its console. What the extension host logs as an error arrives there too. */
export class ConsoleMonitor {
  readonly #errors: string[] = [];
  readonly #allowed = [...ALLOWED];

  constructor(page: Page) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.#note(`${message.text()} [${message.location().url}]`);
    });
    page.on('pageerror', (error) => this.#note(error.stack ?? error.message));
  }

  /** All errors so far but those that are known. */
  errors(): readonly string[] {
    return this.#errors;
  }

  /** From here on an extension host may be gone. */
  allowCrash(): void {
    this.#allowed.push(...AFTER_A_CRASH);
  }

  /** From here on pages try what their policy refuses, on purpose. */
  allowRefusals(): void {
    this.#allowed.push(...REFUSALS);
  }

  #note(text: string): void {
    if (this.#allowed.some(({ pattern }) => pattern.test(text))) return;
    // Stacks in VS Code's own bundle tell nothing.
    this.#errors.push(text.replaceAll(/\n +at .*workbench\.js:.*/g, ''));
  }
}

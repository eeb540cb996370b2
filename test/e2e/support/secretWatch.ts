import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Emulator } from '../../support/emulator/emulator.ts';
import { SecretHunt } from '../../support/secretHunt.ts';

/** Knows the keys of the emulator's accounts and every SAS that reaches it, and looks for them in what a window shows and VS Code logs. */
export class SecretWatch {
  readonly #hunt = new SecretHunt();

  constructor(emulator: Emulator) {
    for (const { name, key } of emulator.accounts) this.#hunt.hide(`key of ${name}`, key);
    emulator.onRequest(({ headers, query }) => {
      this.#hunt.hideSas('SAS made for a copy', headers['x-ms-copy-source'] ?? '');
      const signature = query.get('sig');
      if (signature) this.#hunt.hide('SAS of a request', signature);
      return undefined;
    });
  }

  /** Something else that nobody may show, such as a key that is wrong. */
  hide(what: string, secret: string): void {
    this.#hunt.hide(what, secret);
  }

  /** The whole document of the workbench and of each of its frames: texts, titles, labels, links. */
  async searchPage(page: Page): Promise<void> {
    for (const frame of page.frames()) {
      // A frame may go away while it is looked at; what it showed is gone then too.
      const html = await frame.content().catch(() => '');
      this.#hunt.search(frame === page.mainFrame() ? 'the workbench' : 'a page', html);
    }
  }

  /** Every log of VS Code and of its extensions. */
  async searchLogs(userData: string): Promise<void> {
    for (const entry of await readdir(join(userData, 'logs'), { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        this.#hunt.search(`log ${entry.name}`, await readFile(join(entry.parentPath, entry.name), 'utf8').catch(() => ''));
  }

  /** `what in where`; none if all is well. @throws where nothing was looked at */
  found(): readonly string[] {
    if (this.#hunt.searched < 1000) throw new Error('Nothing was looked at.');
    return [...this.#hunt.found];
  }
}

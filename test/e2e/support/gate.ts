import type { Emulator, RequestInfo } from '../../support/emulator/emulator.ts';
import { until } from '../../support/workbench/until.ts';

/** Stops requests of one kind on their way, so that a run stands still exactly where the test wants it. */
export class Gate {
  /** How many requests wait. */
  waiting = 0;
  readonly #open = Promise.withResolvers<void>();
  readonly #remove: () => void;

  /** @param pass how many of those that fit are let through before the gate closes */
  constructor(emulator: Emulator, fits: (info: RequestInfo) => boolean, pass = 0) {
    let passed = 0;
    this.#remove = emulator.onRequest(async (info) => {
      if (!fits(info) || passed++ < pass) return undefined;
      this.waiting++;
      await this.#open.promise;
      return undefined;
    });
  }

  async waitUntilReached(): Promise<void> {
    await until('a request at the gate', () => this.waiting > 0);
  }

  /** Lets everything through that waits, and what comes later; what was given up meanwhile takes effect now, as late requests do. */
  open(): void {
    this.#remove();
    this.#open.resolve();
  }
}

/** Writes of pages into blobs of one account. */
export function pageWritesTo(account: string): (info: RequestInfo) => boolean {
  return (info) => info.account === account && (info.operation === 'PutPage' || info.operation === 'PutPageFromURL');
}

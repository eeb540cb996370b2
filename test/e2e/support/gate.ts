import type { Emulator, RequestInfo } from '../../support/emulator/emulator.ts';
import { until } from '../../support/workbench/until.ts';

/** Stops writes of pages into one account on their way, so that a run stands still in its middle. */
export class Gate implements Disposable {
  readonly #open = Promise.withResolvers<void>();
  readonly #remove: () => void;
  #waiting = 0;

  /** @param bytes how much is let through before the gate closes */
  constructor(emulator: Emulator, account: string, bytes: number) {
    let passed = 0;
    this.#remove = emulator.onRequest(async (info) => {
      if (info.account !== account || (info.operation !== 'PutPage' && info.operation !== 'PutPageFromURL')) return undefined;
      if (passed < bytes) {
        passed += lengthOf(info);
        return undefined;
      }
      this.#waiting++;
      await this.#open.promise;
      return undefined;
    });
  }

  async waitUntilReached(): Promise<void> {
    await until('a write at the gate', () => this.#waiting > 0);
  }

  /** Lets everything through that waits, and what comes later; what was given up meanwhile takes effect now, as late requests do. */
  open(): void {
    this.#remove();
    this.#open.resolve();
  }

  [Symbol.dispose](): void {
    this.open();
  }
}

function lengthOf({ headers }: RequestInfo): number {
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(headers['x-ms-range'] ?? headers.range ?? '')!;
  return Number(end) - Number(start) + 1;
}

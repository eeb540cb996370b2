import { cancelledError, throwIfCancelled } from '../../engine/errors.ts';

/** One piece of work that several wait for. It is stopped when the last of them has gone. */
export class SharedTask<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #settled = false;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#result = work(this.#controller.signal).finally(() => {
      this.#settled = true;
    });
    // Whoever waits hears of a failure; when nobody does, it is nobody's.
    this.#result.catch(() => undefined);
  }

  get settled(): boolean {
    return this.#settled;
  }

  get stopped(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Waits for the result. @throws cancelled when this signal aborts, while others go on waiting, or when the work is stopped */
  async wait(signal: AbortSignal | undefined): Promise<T> {
    throwIfCancelled(signal);
    this.#waiting++;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(cancelledError(signal));
    const signals = [signal, this.#controller.signal].filter((one) => one !== undefined);
    for (const one of signals) one.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([this.#result, left.promise]);
    } finally {
      for (const one of signals) one.removeEventListener('abort', leave);
      if (--this.#waiting === 0 && !this.#settled) this.stop();
    }
  }

  stop(): void {
    this.#controller.abort();
  }
}

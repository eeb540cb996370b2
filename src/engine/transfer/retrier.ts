import { BackupError, throwIfCancelled } from '../errors.ts';
import type { Emit } from '../events.ts';
import type { PageRange } from '../ranges/pageRange.ts';
import type { RangeWindow, RangeWindows } from '../ranges/rangeWindow.ts';
import type { World } from '../world.ts';

/** How often a call is tried, and how long the waits between tries may grow. */
export interface RetryPolicy {
  readonly tries: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { tries: 8, firstWaitMs: 500, longestWaitMs: 30_000 };

/** A service that asks for a longer wait than this is taken as failed for now. */
const LONGEST_ASKED_MS = 5 * 60_000;

/** The product's one retry layer: adapters make single attempts, and every wait is told as a `retry` event. */
export class Retrier {
  readonly #world: World;
  readonly #emit: Emit;
  readonly #policy: RetryPolicy;

  constructor(world: World, emit: Emit, policy: RetryPolicy = DEFAULT_RETRY) {
    this.#world = world;
    this.#emit = emit;
    this.#policy = policy;
  }

  /** Repeats a call that may safely happen twice (reads, lists, idempotent settings) until it succeeds or fails for good. */
  async repeat<T>(what: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      throwIfCancelled(signal);
      try {
        return await call();
      } catch (error) {
        await this.pause(what, attempt, error, signal);
      }
    }
  }

  /**
   * Repeats a list from where it broke off: windows that were already given are not asked for again.
   * @param list gives the windows that tile the range it is handed
   */
  async *windows(
    what: string,
    within: PageRange,
    list: (rest: PageRange) => RangeWindows,
    signal?: AbortSignal,
  ): AsyncGenerator<RangeWindow> {
    let start = within.start;
    for (let attempt = 1; start < within.end; attempt++) {
      throwIfCancelled(signal);
      try {
        for await (const window of list({ start, end: within.end })) {
          yield window;
          start = window.end;
          attempt = 1;
        }
        // A list that ends early is passed on as it is: whoever aligns it sees the gap and refuses it.
        return;
      } catch (error) {
        await this.pause(what, attempt, error, signal);
      }
    }
  }

  /**
   * Waits before try `attempt + 1`: at least as long as the service asked for, with full jitter otherwise.
   * @throws the error itself when it is not retryable or the tries are used up
   */
  async pause(what: string, attempt: number, error: unknown, signal?: AbortSignal): Promise<void> {
    if (!(error instanceof BackupError) || !error.retryable || attempt >= this.#policy.tries) throw error;
    if ((error.retryAfter ?? 0) > LONGEST_ASKED_MS) throw error;
    const ceiling = Math.min(this.#policy.longestWaitMs, this.#policy.firstWaitMs * 2 ** (attempt - 1));
    const waitMs = Math.max(error.retryAfter ?? 0, Math.round(this.#world.random() * ceiling));
    this.#emit({ type: 'retry', what, attempt, waitMs, reason: error.message });
    await this.#world.sleep(waitMs, signal);
  }
}

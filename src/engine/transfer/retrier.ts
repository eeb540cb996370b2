import { BackupError, throwIfCancelled } from '../errors.ts';
import type { Emit } from '../events.ts';
import type { Image, Limited, ReadOptions } from '../pageBlob.ts';
import { lengthOf, type PageRange } from '../ranges/pageRange.ts';
import type { RangeWindow, RangeWindows } from '../ranges/rangeWindow.ts';
import type { World } from '../world.ts';
import type { Limiter, Turn } from './limiter/limiter.ts';
import { SpareBuffers } from './spareBuffers.ts';

/** How often a call is tried, and how long the waits between tries may grow. */
export interface RetryPolicy {
  readonly tries: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Retries that the whole run may have on credit; each call that succeeds gives half of one back. Default 256. */
  readonly budget?: number;
}

export const DEFAULT_RETRY: RetryPolicy = { tries: 8, firstWaitMs: 500, longestWaitMs: 30_000 };

/** A service that asks for a longer wait than this is taken as failed for now. */
const LONGEST_ASKED_MS = 5 * 60_000;

const BUDGET = 256;
const EARNED = 0.5;

/**
 * The product's one retry layer: adapters make single attempts, and every wait is told as a `retry` event. One for each run: besides the tries of each
 * call the run as a whole has a budget, so that a service that fails most of the time ends it. A refusal for being too fast costs nothing of it, since
 * that is what the limiter answers.
 */
export class Retrier {
  readonly #world: World;
  readonly #emit: Emit;
  readonly #policy: RetryPolicy;
  readonly #limiter: Limiter | undefined;
  readonly #spare = new SpareBuffers();
  #budget: number;

  constructor(world: World, emit: Emit, policy: RetryPolicy = DEFAULT_RETRY, limiter?: Limiter) {
    this.#world = world;
    this.#emit = emit;
    this.#policy = policy;
    this.#limiter = limiter;
    this.#budget = policy.budget ?? BUDGET;
  }

  /** Waits until the service takes another request for pages of so many bytes. What is given sends it, once. */
  async turn(limited: Limited | undefined, bytes: number, signal?: AbortSignal): Promise<Turn> {
    if (!limited || !this.#limiter) return (send) => send();
    return this.#limiter.turn(this, limited, bytes, signal);
  }

  /** Reads pages, at most 4 MiB, as often as it takes. Whoever is done with the bytes may give them back. */
  read(image: Pick<Image, 'read' | 'limited'>, range: PageRange, options: ReadOptions = {}): Promise<Uint8Array> {
    const { signal } = options;
    const once = async () => {
      const turn = await this.turn(image.limited, lengthOf(range), signal);
      const into = this.#spare.take(lengthOf(range));
      const bytes = await turn(() => image.read(range, { ...options, into }));
      if (into && bytes !== into) this.#spare.giveBack(into);
      return bytes;
    };
    return this.repeat('reading pages', once, signal);
  }

  /** Nobody uses what was read any more, and every call that was handed it has ended well: another read may fill it. */
  giveBack(...read: readonly Uint8Array[]): void {
    for (const bytes of read) this.#spare.giveBack(bytes);
  }

  /** Repeats a call that may safely happen twice (reads, lists, idempotent settings) until it succeeds or fails for good. */
  async repeat<T>(what: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      throwIfCancelled(signal);
      try {
        const answer = await call();
        this.earn();
        return answer;
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

  /** A call succeeded. */
  earn(): void {
    this.#budget = Math.min(this.#policy.budget ?? BUDGET, this.#budget + EARNED);
  }

  /**
   * Waits before try `attempt + 1`: at least as long as the service asked for, with full jitter otherwise.
   * @throws the error itself when it is not retryable or the tries or the run's budget are used up
   */
  async pause(what: string, attempt: number, error: unknown, signal?: AbortSignal): Promise<void> {
    if (!(error instanceof BackupError) || !error.retryable || attempt >= this.#policy.tries) throw error;
    if ((error.retryAfter ?? 0) > LONGEST_ASKED_MS) throw error;
    if (error.code !== 'throttled' && --this.#budget < 0) throw error;
    const ceiling = Math.min(this.#policy.longestWaitMs, this.#policy.firstWaitMs * 2 ** (attempt - 1));
    const waitMs = Math.max(error.retryAfter ?? 0, Math.round(this.#world.random() * ceiling));
    this.#emit({ type: 'retry', what, attempt, waitMs, reason: error.message, left: Math.floor(this.#budget) });
    await this.#world.sleep(waitMs, signal);
  }
}

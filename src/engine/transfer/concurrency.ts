import { throwIfCancelled } from '../errors.ts';

/** How much may be under way at once: so many calls, and so many bytes held for them. */
export interface Limits {
  readonly calls: number;
  readonly bytes: number;
}

/** Many calls for small pieces, since each waits for a round trip; of 4 MiB pieces the bytes allow no more than 16. */
export const DEFAULT_LIMITS: Limits = { calls: 128, bytes: 64 * 1024 * 1024 };

const LEAST_BYTES = 8 * 1024 * 1024;

/** What each of so many jobs at once may have, so that together they hold no more bytes than one. */
export function shareOf(jobs: number): Limits {
  return { calls: DEFAULT_LIMITS.calls, bytes: Math.max(LEAST_BYTES, Math.floor(DEFAULT_LIMITS.bytes / jobs)) };
}

/**
 * Starts `work` for each item in order, with bounded calls and bytes under way, and waits until every started call has settled, also when one
 * fails or the signal aborts: afterwards nothing of ours is under way.
 * @param bytesOf bytes an item holds while it is under way; one item always fits
 * @throws the first error in order of time
 */
export async function forEachBounded<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  limits: Limits,
  bytesOf: (item: Item) => number,
  work: (item: Item) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let calls = 0;
  let bytes = 0;
  const failures: unknown[] = [];
  let wake: () => void = () => undefined;
  const change = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

  try {
    for await (const item of items) {
      const size = bytesOf(item);
      while (failures.length === 0 && calls > 0 && (calls >= limits.calls || bytes + size > limits.bytes)) await change();
      if (failures.length > 0) break;
      throwIfCancelled(signal);
      calls++;
      bytes += size;
      void work(item)
        .catch((error: unknown) => failures.push(error))
        .finally(() => {
          calls--;
          bytes -= size;
          wake();
        });
    }
  } catch (error) {
    failures.push(error);
  }
  while (calls > 0) await change();
  if (failures.length > 0) throw failures[0];
}

/** Knows up to which address everything has been done, while pieces finish in any order. Pieces are begun in address order. */
export class Watermark {
  #open = new Map<number, number>();
  #reached: number;

  constructor(start: number) {
    this.#reached = start;
  }

  begin(start: number): void {
    this.#open.set(start, (this.#open.get(start) ?? 0) + 1);
  }

  /** A piece that began at `start` is done. */
  done(start: number, end: number): void {
    const left = (this.#open.get(start) ?? 1) - 1;
    if (left > 0) this.#open.set(start, left);
    else this.#open.delete(start);
    this.#reached = Math.max(this.#reached, end);
  }

  /** Everything below this byte has been done. */
  get value(): number {
    // Pieces are begun in address order and a Map keeps that order, so the first one still open is the lowest.
    const lowest = this.#open.keys().next();
    return lowest.done ? this.#reached : Math.min(this.#reached, lowest.value);
  }
}

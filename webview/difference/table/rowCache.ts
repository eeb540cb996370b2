import type { RowsAnswer } from '../../../src/messages/difference.ts';

/** One row of the table. */
export interface Row {
  /** Names it for the extension, whatever filter and order. */
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly kind: (typeof KINDS)[number];
  /** Place in the list of areas; -1: in none. */
  readonly area: number;
  /** Pages that really differ; undefined where nobody has looked. */
  readonly really: number | undefined;
}

export type AskRows = (from: number, count: number) => Promise<RowsAnswer>;

const KINDS = ['written', 'cleared', 'both'] as const;

/** Rows asked for at once. */
export const BLOCK_ROWS = 256;
/** Kept: some screens around what is seen, and what was seen just before. */
const MOST_BLOCKS = 64;
const MOST_ASKS = 3;

/** The rows that are near the screen. Of a million rows the page holds some thousands; who scrolls fast gets those where he stops, not all on the way. */
export class RowCache {
  readonly #ask: AskRows;
  readonly #changed: () => void;
  /** The one used last comes last. */
  readonly #blocks = new Map<number, RowsAnswer>();
  readonly #asking = new Set<number>();
  readonly #stale = new Set<number>();
  #wanted: readonly number[] = [];
  #epoch = 0;
  #failed: Error | undefined;

  /** @param changed rows have come, or could not be had */
  constructor(ask: AskRows, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** Why the last ask failed; undefined where it did not. */
  get failed(): Error | undefined {
    return this.#failed;
  }

  /** Blocks that are kept: for those who measure. */
  get size(): number {
    return this.#blocks.size;
  }

  /** Forgets everything: another filter, order or version. */
  clear(): void {
    this.#epoch++;
    this.#blocks.clear();
    this.#stale.clear();
    this.#asking.clear();
    this.#wanted = [];
    this.#failed = undefined;
  }

  /** Asks for everything again; what there is stays until then. */
  refresh(): void {
    this.#epoch++;
    for (const at of this.#blocks.keys()) this.#stale.add(at);
    this.#asking.clear();
  }

  /** Undefined until it has come. */
  row(index: number): Row | undefined {
    const at = Math.floor(index / BLOCK_ROWS);
    const block = this.#blocks.get(at);
    const i = block ? index - block.from : -1;
    if (!block || i < 0 || i >= block.ids.length) return undefined;
    const really = block.really[i]!;
    return {
      id: block.ids[i]!,
      start: block.starts[i]!,
      end: block.ends[i]!,
      kind: KINDS[block.kinds[i]!] ?? 'both',
      area: block.areas[i]!,
      really: really < 0 ? undefined : really,
    };
  }

  /** What has been found out about a row since. */
  learn(id: number, really: number): void {
    for (const { ids, really: known } of this.#blocks.values()) {
      const i = ids.indexOf(id);
      if (i >= 0) known[i] = really;
    }
  }

  /** Sees to it that these rows come, and then those beside them: what was wanted before and is not there yet is not asked for any more. */
  want(start: number, end: number, rows: number): void {
    const first = Math.floor(start / BLOCK_ROWS);
    const last = Math.max(first, Math.ceil(end / BLOCK_ROWS) - 1);
    const all = Math.ceil(rows / BLOCK_ROWS);
    const blocks: number[] = [];
    for (let at = first; at <= last; at++) blocks.push(at);
    blocks.push(last + 1, first - 1);
    this.#wanted = blocks.filter((at) => at >= 0 && at < all);
    for (const at of this.#wanted) this.#touch(at);
    this.#fetch();
  }

  #touch(at: number): void {
    const block = this.#blocks.get(at);
    if (!block) return;
    this.#blocks.delete(at);
    this.#blocks.set(at, block);
  }

  #fetch(): void {
    for (const at of this.#wanted) {
      if (this.#asking.size >= MOST_ASKS) return;
      if ((!this.#blocks.has(at) || this.#stale.has(at)) && !this.#asking.has(at)) void this.#fetchBlock(at);
    }
  }

  async #fetchBlock(at: number): Promise<void> {
    const epoch = this.#epoch;
    this.#asking.add(at);
    try {
      const block = await this.#ask(at * BLOCK_ROWS, BLOCK_ROWS);
      if (epoch !== this.#epoch) return;
      this.#failed = undefined;
      this.#stale.delete(at);
      this.#blocks.delete(at);
      this.#blocks.set(at, block);
      for (const oldest of this.#blocks.keys()) if (this.#blocks.size > MOST_BLOCKS) this.#blocks.delete(oldest);
    } catch (error) {
      if (epoch !== this.#epoch) return;
      this.#failed = error as Error;
      // Not again by itself: scrolling asks again.
      this.#wanted = [];
    }
    this.#asking.delete(at);
    this.#changed();
    this.#fetch();
  }
}

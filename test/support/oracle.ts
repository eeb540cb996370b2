import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { PAGE } from '../../src/engine/ranges/pageRange.ts';
import type { PageRange } from '../../src/engine/ranges/pageRange.ts';

const PIECE = 1024 ** 2;
const zeros = Buffer.alloc(PIECE);

/** What an image was at one time: its length and the pages that are allocated. */
interface State {
  readonly length: number;
  readonly pages: ReadonlyMap<number, Buffer>;
}

/**
 * Knows every byte of a disk through time. It is told what is done to a page blob, beside the blob, and never asks it; `remember` keeps a state
 * under a name. Shaped like the engine's page blob, so that the same play goes to both.
 */
export class DiskOracle {
  #length: number;
  #pages = new Map<number, Buffer>();
  readonly #past = new Map<string, State>();

  constructor(length: number) {
    this.#length = length;
  }

  async writePages(offset: number, bytes: Uint8Array): Promise<void> {
    this.#check({ start: offset, end: offset + bytes.length });
    const copy = Buffer.from(bytes);
    for (let at = 0; at < copy.length; at += PAGE) this.#pages.set((offset + at) / PAGE, copy.subarray(at, at + PAGE));
  }

  async clearPages(range: PageRange): Promise<void> {
    this.#check(range);
    for (let page = range.start / PAGE; page < range.end / PAGE; page++) this.#pages.delete(page);
  }

  async resize(length: number): Promise<void> {
    for (const page of this.#pages.keys()) if (page * PAGE >= length) this.#pages.delete(page);
    this.#length = length;
  }

  /** Keeps the present state under a name; a name is used once. */
  remember(name: string): void {
    if (this.#past.has(name)) throw new Error(`${name} is remembered already.`);
    this.#past.set(name, { length: this.#length, pages: new Map(this.#pages) });
  }

  length(name?: string): number {
    return this.#state(name).length;
  }

  /** The allocated pages, as a list of ranges that neither touch nor overlap. */
  allocated(name?: string): PageRange[] {
    const ranges: { start: number; end: number }[] = [];
    for (const page of [...this.#state(name).pages.keys()].sort((a, b) => a - b)) {
      const last = ranges.at(-1);
      if (last?.end === page * PAGE) last.end += PAGE;
      else ranges.push({ start: page * PAGE, end: (page + 1) * PAGE });
    }
    return ranges;
  }

  read({ start, end }: PageRange, name?: string): Buffer {
    const { pages } = this.#state(name);
    const bytes = Buffer.alloc(end - start);
    for (let at = start; at < end; at += PAGE) pages.get(at / PAGE)?.copy(bytes, at - start);
    return bytes;
  }

  async sha256(name?: string): Promise<string> {
    return sha256OfRanges(this.length(name), this.allocated(name), async (range) => this.read(range, name));
  }

  #state(name: string | undefined): State {
    if (name === undefined) return { length: this.#length, pages: this.#pages };
    const state = this.#past.get(name);
    if (state === undefined) throw new Error(`${name} was never remembered.`);
    return state;
  }

  #check({ start, end }: PageRange): void {
    if (start % PAGE !== 0 || end % PAGE !== 0 || start >= end || end > this.#length)
      throw new RangeError(`[${start}, ${end}) is not on the disk.`);
  }
}

/** SHA-256 of an image of `length` bytes that is zero outside `ranges` (ascending, disjoint); reads at most 1 MiB at a time and no hole. */
export async function sha256OfRanges(
  length: number,
  ranges: Iterable<PageRange> | AsyncIterable<PageRange>,
  read: (range: PageRange) => Promise<Uint8Array>,
): Promise<string> {
  const hash = createHash('sha256');
  let at = 0;
  const skipTo = (offset: number): void => {
    if (offset < at) throw new RangeError(`The ranges go back from ${at} to ${offset}.`);
    for (; at < offset; at += Math.min(PIECE, offset - at)) hash.update(zeros.subarray(0, Math.min(PIECE, offset - at)));
  };
  for await (const { start, end } of ranges) {
    skipTo(start);
    while (at < end) {
      const bytes = await read({ start: at, end: Math.min(end, at + PIECE) });
      if (bytes.length !== Math.min(end, at + PIECE) - at)
        throw new RangeError(`${bytes.length} bytes came from ${at}, which is not what was asked.`);
      hash.update(bytes);
      at += bytes.length;
    }
  }
  skipTo(length);
  return hash.digest('hex');
}

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  for await (const piece of file.createReadStream({ highWaterMark: PIECE })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

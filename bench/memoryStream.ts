import type { BlobImage, BlobProperties } from '../src/engine/pageBlob.ts';
import { PAGE, type PageRange } from '../src/engine/ranges/pageRange.ts';
import type { RangeWindow } from '../src/engine/ranges/rangeWindow.ts';

/** Ranges in one answer of the service (REST: Get Page Ranges, maxresults). */
const PER_ANSWER = 10_000;

/** An image that is nothing but lists: so many one-page ranges, evenly spread, given in windows as the service gives them. */
export class MemoryStream implements BlobImage {
  readonly label: string;
  readonly snapshot = 'memory';
  readonly #length: number;
  readonly #step: number;

  constructor(length: number, ranges: number, label = 'memory') {
    this.label = label;
    this.#length = length;
    this.#step = Math.floor(length / ranges / PAGE) * PAGE;
  }

  async length(): Promise<number> {
    return this.#length;
  }

  properties(): Promise<BlobProperties> {
    throw new Error('A stream of ranges has no properties.');
  }

  read(): Promise<Uint8Array> {
    throw new Error('A stream of ranges has no bytes.');
  }

  async *allocated(within: PageRange): AsyncGenerator<RangeWindow> {
    const width = this.#step * PER_ANSWER;
    for (let start = within.start; start < within.end; start += width) {
      const end = Math.min(start + width, within.end);
      const ranges: PageRange[] = [];
      for (let at = start; at < end; at += this.#step) ranges.push({ start: at, end: at + PAGE });
      yield { start, end, ranges };
    }
  }

  changedSince(_previous: string, within: PageRange): AsyncGenerator<RangeWindow> {
    return this.allocated(within);
  }
}

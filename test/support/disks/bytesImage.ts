import type { Image } from '../../../src/engine/pageBlob.ts';
import { MAX_WRITE, type PageRange } from '../../../src/engine/ranges/pageRange.ts';
import type { RangeWindow } from '../../../src/engine/ranges/rangeWindow.ts';

/** A disk of any length of which only some bytes are there, by their offset; the rest are zeros. Refuses to be read outside of itself. */
export class BytesImage implements Image {
  readonly label = 'bytes';
  /** What was read, in order. */
  readonly reads: PageRange[] = [];
  readonly #length: number;
  readonly #parts: readonly (readonly [offset: number, bytes: Uint8Array])[];

  constructor(length: number, ...parts: readonly (readonly [offset: number, bytes: Uint8Array])[]) {
    this.#length = length;
    this.#parts = parts;
  }

  async length(): Promise<number> {
    return this.#length;
  }

  async *allocated(within: PageRange): AsyncGenerator<RangeWindow> {
    yield { ...within, ranges: [within] };
  }

  async read(range: PageRange): Promise<Uint8Array> {
    const { start, end } = range;
    if (start < 0 || end > this.#length || start >= end || end - start > MAX_WRITE || start % 512 !== 0 || end % 512 !== 0) {
      throw new RangeError(`Bytes ${start} to ${end} of ${this.#length} were asked for.`);
    }
    this.reads.push(range);
    const bytes = new Uint8Array(end - start);
    for (const [offset, part] of this.#parts) {
      const from = Math.max(start, offset);
      const to = Math.min(end, offset + part.length);
      if (from < to) bytes.set(part.subarray(from - offset, to - offset), from - start);
    }
    return bytes;
  }
}

import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';

/** What was done to a disk, as a host sees it: no page is in both, later actions win over earlier ones. */
export interface Touched {
  /** Pages that were written, the same bytes again included. */
  readonly written: readonly PageRange[];
  /** Pages that held data and were discarded (trimmed); they read as zeros. */
  readonly discarded: readonly PageRange[];
}

const ALLOCATED = 1;
const WRITTEN = 2;
const DISCARDED = 4;

/** A sparse image file that remembers which pages hold data and what was done to them lately. */
export class PageFile {
  readonly path: string;
  /** Bytes, whole pages. */
  readonly length: number;
  readonly #file: number;
  readonly #pages: Uint8Array;

  /** Makes the file anew. */
  constructor(path: string, length: number) {
    this.path = path;
    this.length = length;
    this.#pages = new Uint8Array(length / PAGE);
    this.#file = openSync(path, 'w+');
    ftruncateSync(this.#file, length);
  }

  read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    this.readInto(bytes, offset);
    return bytes;
  }

  readInto(target: Buffer, offset: number): void {
    if (readSync(this.#file, target, 0, target.length, offset) !== target.length) throw new Error(`${this.path} is cut at ${offset}.`);
  }

  write(offset: number, bytes: Uint8Array): void {
    if (writeSync(this.#file, bytes, 0, bytes.length, offset) !== bytes.length) throw new Error(`${this.path} took a part only.`);
    this.#pages.fill(ALLOCATED | WRITTEN, Math.floor(offset / PAGE), Math.ceil((offset + bytes.length) / PAGE));
  }

  /** Gives up the whole pages of the range, as a host does on a discard. Returns how many bytes of them held data. */
  discard(offset: number, length: number): number {
    const last = Math.floor((offset + length) / PAGE);
    let freed = 0;
    for (let from = Math.ceil(offset / PAGE); from < last;) {
      if (!(this.#pages[from]! & ALLOCATED)) {
        from++;
        continue;
      }
      let to = from + 1;
      while (to < last && to - from < 2048 && this.#pages[to]! & ALLOCATED) to++;
      // Node cannot punch holes, so the file keeps the blocks; they were few, for only what was once written is allocated.
      writeSync(this.#file, Buffer.alloc((to - from) * PAGE), 0, (to - from) * PAGE, from * PAGE);
      this.#pages.fill(DISCARDED, from, to);
      freed += (to - from) * PAGE;
      from = to;
    }
    return freed;
  }

  /** What was done since the last call. */
  touched(): Touched {
    const written = this.#rangesWith(WRITTEN);
    const discarded = this.#rangesWith(DISCARDED);
    for (let i = 0; i < this.#pages.length; i++) this.#pages[i]! &= ALLOCATED;
    return { written, discarded };
  }

  allocated(): PageRange[] {
    return this.#rangesWith(ALLOCATED);
  }

  close(): void {
    closeSync(this.#file);
  }

  #rangesWith(flag: number): PageRange[] {
    const ranges: PageRange[] = [];
    let start = -1;
    for (let i = 0; i <= this.#pages.length; i++) {
      const has = i < this.#pages.length && (this.#pages[i]! & flag) !== 0;
      if (has && start < 0) start = i;
      if (!has && start >= 0) {
        ranges.push({ start: start * PAGE, end: i * PAGE });
        start = -1;
      }
    }
    return ranges;
  }
}

import { clearPages, MAX_PAGES, PAGE, readPages, TOP_LEVEL, walkPages, writePages } from './pageTree.ts';
import type { Node } from './pageTree.ts';

/** Bytes [start, end), inclusive of neither unaligned edge: always whole pages. */
export interface PageRun {
  readonly start: number;
  readonly end: number;
  /** False: the pages were cleared (only in differences). */
  readonly allocated: boolean;
}

export const MAX_LENGTH = MAX_PAGES * PAGE;

let lastVersion = 0;

/**
 * The content of a page blob: length, allocated pages and when each was last touched. Taking a snapshot or a copy costs nothing: the tree is
 * shared, and whoever writes next copies what it changes.
 */
export class PageMap {
  #root: Node = 0;
  #length: number;
  #version = ++lastVersion;
  #frozen = false;

  constructor(length: number) {
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  /** Everything written so far has at most this version; what is written after a snapshot was taken has a larger one. */
  get version(): number {
    return this.#version;
  }

  /** An unchangeable picture of now. */
  snapshot(): PageMap {
    const picture = new PageMap(this.#length);
    picture.#root = this.#root;
    picture.#version = this.#version;
    picture.#frozen = true;
    if (!this.#frozen) this.#version = ++lastVersion;
    return picture;
  }

  /** The same pages as a new, changeable map with a history of its own. */
  copy(): PageMap {
    const twin = new PageMap(this.#length);
    twin.#root = this.#root;
    if (!this.#frozen) this.#version = ++lastVersion;
    return twin;
  }

  /** Writes whole pages. The bytes are copied. */
  write(offset: number, bytes: Uint8Array): void {
    this.#change(offset, offset + bytes.length);
    if (bytes.length === 0) return;
    this.#root = writePages(this.#root, TOP_LEVEL, 0, offset / PAGE, (offset + bytes.length) / PAGE, this.#version, bytes);
  }

  /** Clears whole pages; they count as touched even where nothing was allocated. */
  clear(start: number, end: number): void {
    this.#change(start, end);
    if (start < end) this.#root = clearPages(this.#root, TOP_LEVEL, 0, start / PAGE, end / PAGE, this.#version, this.#version);
  }

  /** @param tracked whether pages lost and won by the change of length count as touched */
  resize(length: number, tracked: boolean): void {
    this.#change(0, 0);
    const [start, end] = [Math.min(length, this.#length) / PAGE, Math.max(length, this.#length) / PAGE];
    this.#length = length;
    if (start < end) this.#root = clearPages(this.#root, TOP_LEVEL, 0, start, end, this.#version, tracked ? this.#version : 0);
  }

  /** The bytes [start, end), which need not be aligned; zeros where nothing is allocated. */
  read(start: number, end: number): Buffer {
    const from = Math.floor(start / PAGE);
    const to = Math.ceil(end / PAGE);
    const out = Buffer.alloc((to - from) * PAGE);
    if (from < to) readPages(this.#root, TOP_LEVEL, 0, from, to, out);
    return out.subarray(start - from * PAGE, end - from * PAGE);
  }

  /** The bytes [start, end) piece by piece, as they are now, whatever is written while they are taken. */
  *stream(start: number, end: number, piece = 4 * 1024 * 1024): Generator<Buffer> {
    const picture = this.#frozen ? this : this.copy();
    for (let at = start; at < end; at += piece) yield picture.read(at, Math.min(at + piece, end));
  }

  /**
   * The first `limit` merged ranges inside [start, end): allocated ones or, with `since`, those touched after that version. A list is continued by
   * asking again from the end of the last range; that costs no walk over what lies before.
   */
  ranges(start: number, end: number, limit = Infinity, since?: number): PageRun[] {
    const runs: PageRun[] = [];
    const to = Math.min(Math.ceil(end / PAGE), this.#length / PAGE);
    const from = Math.floor(start / PAGE);
    if (from >= to) return runs;
    let open: { start: number; end: number; allocated: boolean } | undefined;
    walkPages(this.#root, TOP_LEVEL, 0, from, to, since, (first, last, allocated) => {
      if (open?.end === first * PAGE && open.allocated === allocated) {
        open.end = last * PAGE;
        return true;
      }
      if (runs.length === limit) return false;
      open = { start: first * PAGE, end: last * PAGE, allocated };
      runs.push(open);
      return true;
    });
    return runs;
  }

  #change(start: number, end: number): void {
    if (this.#frozen) throw new Error('a snapshot cannot be changed');
    if (start % PAGE !== 0 || end % PAGE !== 0 || start > end || end > this.#length)
      throw new RangeError(`not whole pages of the blob: ${start}-${end}`);
  }
}

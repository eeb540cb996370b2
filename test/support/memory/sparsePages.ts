import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';

/** Pages that one operation touched: with bytes when it wrote them, without when it cleared them. */
export interface Extent {
  readonly start: number;
  readonly end: number;
  /** The service-wide number of the operation. */
  readonly version: number;
  readonly bytes: Uint8Array | undefined;
}

/** True for the pages that Get Page Ranges lists. */
export function isAllocated(extent: Extent): boolean {
  return extent.bytes !== undefined;
}

/**
 * The pages of a blob as a sorted list of disjoint extents: cheap for a disk of eight pages and for a sparse terabyte. `fork` shares the list
 * until one side writes.
 */
export class SparsePages {
  private extents: Extent[];
  private shared: boolean;

  constructor(extents: Extent[] = [], shared = false) {
    this.extents = extents;
    this.shared = shared;
  }

  /** A copy-on-write copy. */
  fork(): SparsePages {
    this.shared = true;
    return new SparsePages(this.extents, true);
  }

  /** Writes `bytes` at `range`, or clears it where there are none. The bytes are copied. */
  put(range: PageRange, version: number, bytes: Uint8Array | undefined): void {
    this.replace(range, [{ start: range.start, end: range.end, version, bytes: bytes && new Uint8Array(bytes) }]);
  }

  /** Forgets the pages from `start` on, and that they were ever touched. */
  forgetFrom(start: number): void {
    this.replace({ start, end: Number.MAX_SAFE_INTEGER }, []);
  }

  /** The bytes of `range`; zeros where nothing is allocated. */
  read(range: PageRange): Uint8Array {
    const bytes = new Uint8Array(range.end - range.start);
    for (const extent of this.within(range)) {
      if (extent.bytes) bytes.set(extent.bytes, extent.start - range.start);
    }
    return bytes;
  }

  /** The parts of the extents inside `range`, in order. */
  *within(range: PageRange): Generator<Extent> {
    for (let at = this.firstEndingAfter(range.start); at < this.extents.length; at++) {
      const extent = this.extents[at] as Extent;
      if (extent.start >= range.end) return;
      yield clip(extent, Math.max(extent.start, range.start), Math.min(extent.end, range.end));
    }
  }

  private replace(range: PageRange, by: Extent[]): void {
    const first = this.firstEndingAfter(range.start);
    let last = first;
    while (last < this.extents.length && (this.extents[last] as Extent).start < range.end) last++;
    const before = this.extents[first];
    const after = this.extents[last - 1];
    const left = last > first && before && before.start < range.start ? [clip(before, before.start, range.start)] : [];
    const right = last > first && after && after.end > range.end ? [clip(after, range.end, after.end)] : [];
    if (this.shared) {
      this.extents = this.extents.slice();
      this.shared = false;
    }
    this.extents.splice(first, last - first, ...left, ...by, ...right);
  }

  private firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.extents.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.extents[middle] as Extent).end > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function clip(extent: Extent, start: number, end: number): Extent {
  if (start === extent.start && end === extent.end) return extent;
  return { start, end, version: extent.version, bytes: extent.bytes?.subarray(start - extent.start, end - extent.start) };
}

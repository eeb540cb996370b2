/** What a packed range is, as bits. A range that was joined from several may be more than one. */
export const WRITTEN = 1;
export const CLEARED = 2;
export const ALLOCATED = 4;

/** Page ranges in address order as columns of numbers: nothing but typed arrays, so that they can be posted to another thread. */
export interface RangeColumns {
  readonly count: number;
  /** Bytes; the first `count` of them. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Bits. */
  readonly kinds: Uint8Array;
  /**
   * 0: every range is told exactly. Otherwise there were too many, and ranges that lie this near to one another (bytes) or nearer were joined: each
   * names a stretch in which the changes lie.
   */
  readonly joinedWithin: number;
}

/** Ranges that are kept one by one: 4 million take 68 MB. */
export const MOST_RANGES = 4_000_000;

const FIRST_CAPACITY = 1024;
const LEAST_GAP = 512;

/** Gathers page ranges that come in address order: 17 bytes a range, and a bound on their number. */
export class PackedRanges implements RangeColumns {
  count = 0;
  joinedWithin = 0;
  readonly #most: number;
  #starts = new Float64Array(FIRST_CAPACITY);
  #ends = new Float64Array(FIRST_CAPACITY);
  #kinds = new Uint8Array(FIRST_CAPACITY);

  /** @param most ranges that are kept; with more, near ones are joined (`joinedWithin`) */
  constructor(most: number = MOST_RANGES) {
    this.#most = most;
  }

  get starts(): Float64Array {
    return this.#starts.subarray(0, this.count);
  }

  get ends(): Float64Array {
    return this.#ends.subarray(0, this.count);
  }

  get kinds(): Uint8Array {
    return this.#kinds.subarray(0, this.count);
  }

  /** Adds a range that begins where the one before ends, or later. Ranges of one kind that touch become one. */
  add(start: number, end: number, kind: number): void {
    if (start >= end) return;
    const last = this.count - 1;
    if (last >= 0 && this.#joins(last, start, kind)) {
      this.#ends[last] = end;
      this.#kinds[last]! |= kind;
      return;
    }
    if (this.count >= this.#most) {
      this.#joinNear();
      this.add(start, end, kind);
      return;
    }
    if (this.count === this.#starts.length) this.#grow();
    this.#starts[this.count] = start;
    this.#ends[this.count] = end;
    this.#kinds[this.count] = kind;
    this.count++;
  }

  #joins(last: number, start: number, kind: number): boolean {
    const gap = start - this.#ends[last]!;
    return this.joinedWithin > 0 ? gap <= this.joinedWithin : gap === 0 && this.#kinds[last] === kind;
  }

  #grow(): void {
    const capacity = Math.min(this.#starts.length * 2, this.#most);
    const grown = <Column extends Float64Array | Uint8Array>(column: Column, wider: Column): Column => {
      wider.set(column);
      return wider;
    };
    this.#starts = grown(this.#starts, new Float64Array(capacity));
    this.#ends = grown(this.#ends, new Float64Array(capacity));
    this.#kinds = grown(this.#kinds, new Uint8Array(capacity));
  }

  /** Doubles the gap that is joined until at least a quarter of the room is free, so that this happens seldom. */
  #joinNear(): void {
    const enough = Math.floor(this.#most * 0.75);
    do {
      this.joinedWithin = Math.max(LEAST_GAP, this.joinedWithin * 2);
      let kept = 0;
      for (let i = 1; i < this.count; i++) {
        if (this.#starts[i]! - this.#ends[kept]! <= this.joinedWithin) {
          this.#ends[kept] = this.#ends[i]!;
          this.#kinds[kept]! |= this.#kinds[i]!;
          continue;
        }
        kept++;
        this.#starts[kept] = this.#starts[i]!;
        this.#ends[kept] = this.#ends[i]!;
        this.#kinds[kept] = this.#kinds[i]!;
      }
      this.count = Math.min(this.count, kept + 1);
    } while (this.count > enough && this.count > 1);
  }
}

/** Index of the first range that ends behind `offset`: the one that holds it, or else the next; `count` where there is none. */
export function indexAt({ count, ends }: RangeColumns, offset: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

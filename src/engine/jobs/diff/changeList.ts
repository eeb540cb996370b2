import { ALLOCATED, CLEARED, indexAt, PackedRanges, WRITTEN, type RangeColumns } from './packedRanges.ts';
import type { DiffResult, DiffWindow } from './diff.ts';
import { changesIn } from './changes.ts';
import { bytesOf } from '../../ranges/rangeSet.ts';
import type { PageRange } from '../../ranges/pageRange.ts';

/** One range of a change list: bytes `[start, end)`. */
export interface ListedChange extends PageRange {
  /** Place in the list, in address order, from 0. */
  readonly index: number;
  /** `both` only in a list whose near ranges were joined (`joinedWithin`). */
  readonly kind: 'written' | 'cleared' | 'both';
}

/** A difference as a whole, in little memory: gathers the windows of `runDiff` and can be looked at while they come. */
export class ChangeList {
  readonly #changes: PackedRanges;
  readonly #allocated: PackedRanges;
  #written = 0;
  #cleared = 0;
  #end = 0;

  /** @param most ranges that are kept of changes, and of allocated pages: with more, near ones are joined */
  constructor(most?: number) {
    this.#changes = new PackedRanges(most);
    this.#allocated = new PackedRanges(most);
  }

  /** Adds the window that follows the one added before. */
  add(window: DiffWindow): void {
    for (const { kind, start, end } of changesIn(window)) this.#changes.add(start, end, kind === 'written' ? WRITTEN : CLEARED);
    for (const { start, end } of window.allocated) this.#allocated.add(start, end, ALLOCATED);
    this.#written += bytesOf(window.written);
    this.#cleared += bytesOf(window.cleared);
    this.#end = window.end;
  }

  /** Bytes of the disk that have been gathered, from 0 on. */
  get end(): number {
    return this.#end;
  }

  get count(): number {
    return this.#changes.count;
  }

  /** Bytes are exact also where ranges were joined; `ranges` are those in the list. */
  get totals(): DiffResult {
    return { written: this.#written, cleared: this.#cleared, ranges: this.count };
  }

  /** The changes as columns. Views of what is gathered now: take them again after `add`. */
  get changes(): RangeColumns {
    return columnsOf(this.#changes);
  }

  /** Pages that the later image holds. */
  get allocated(): RangeColumns {
    return columnsOf(this.#allocated);
  }

  /** @returns undefined beyond the ends */
  at(index: number): ListedChange | undefined {
    return changeAt(this.#changes, index);
  }

  /** The first change that ends behind `offset`: the one there, or else the next one. */
  atOrAfter(offset: number): ListedChange | undefined {
    return this.at(indexAt(this.#changes, offset));
  }

  /** The first change that begins behind `offset`. */
  after(offset: number): ListedChange | undefined {
    const here = this.atOrAfter(offset);
    return here && here.start <= offset ? this.at(here.index + 1) : here;
  }

  /** The last change that begins before `offset`. */
  before(offset: number): ListedChange | undefined {
    const here = indexAt(this.#changes, offset);
    const change = this.at(here);
    return change && change.start < offset ? change : this.at(here - 1);
  }
}

/** @returns undefined beyond the ends */
export function changeAt({ count, starts, ends, kinds }: RangeColumns, index: number): ListedChange | undefined {
  if (!Number.isInteger(index) || index < 0 || index >= count) return undefined;
  const bits = kinds[index]!;
  const kind = bits === WRITTEN ? 'written' : bits === CLEARED ? 'cleared' : 'both';
  return { index, start: starts[index]!, end: ends[index]!, kind };
}

function columnsOf({ count, starts, ends, kinds, joinedWithin }: PackedRanges): RangeColumns {
  return { count, starts, ends, kinds, joinedWithin };
}

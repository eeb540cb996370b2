import type { PageRange } from '../../ranges/pageRange.ts';
import type { ChangeKind } from './changes.ts';
import { changeAt, type ListedChange } from './changeList.ts';
import { CLEARED, indexAt, WRITTEN, type RangeColumns } from './packedRanges.ts';
import { orderOf } from './radixSort.ts';

/** Which changes to show; what is not named restricts nothing. */
export interface ChangeFilter {
  readonly kind?: ChangeKind | undefined;
  /** Changes that lie in these bytes, in part at least: those of a partition. */
  readonly within?: PageRange | undefined;
  /** Bytes that a change has at least. */
  readonly atLeast?: number | undefined;
}

export interface ChangeSort {
  readonly by: 'offset' | 'length';
  readonly descending: boolean;
}

/** Some rows of the table, from row `from` on. */
export interface ChangeRows {
  /** Rows in the whole table under this filter. */
  readonly total: number;
  /** Bytes in all of them. */
  readonly bytes: number;
  readonly from: number;
  readonly rows: readonly ListedChange[];
}

interface View {
  /** Indexes of the changes, row by row; undefined where row and index are the same. */
  readonly order: Uint32Array | undefined;
  readonly total: number;
  readonly bytes: number;
}

/** Orders that are kept: going back to the one before costs nothing. */
const KEPT_VIEWS = 4;

/** A million changes as the rows of a table that can be filtered and sorted. Each filter and sort is worked out once. */
export class ChangeTable {
  readonly #changes: RangeColumns;
  readonly #views = new Map<string, View>();

  /** @param changes columns that do not change any more */
  constructor(changes: RangeColumns) {
    this.#changes = changes;
  }

  /** At most `count` rows from row `from` on (0-based). Rows of equal length are in address order. */
  rows(filter: ChangeFilter, sort: ChangeSort, from: number, count: number): ChangeRows {
    const { order, total, bytes } = this.#view(filter, sort);
    const first = Math.max(0, Math.min(Math.floor(from), total));
    const rows: ListedChange[] = [];
    for (let row = first; row < Math.min(total, first + count); row++) {
      rows.push(changeAt(this.#changes, order ? order[row]! : row)!);
    }
    return { total, bytes, from: first, rows };
  }

  /** The row in which a change stands; undefined where the filter leaves it out. */
  rowOf(index: number, filter: ChangeFilter, sort: ChangeSort): number | undefined {
    const { order, total } = this.#view(filter, sort);
    const row = order ? order.indexOf(index) : index;
    return Number.isInteger(row) && row >= 0 && row < total ? row : undefined;
  }

  #view(filter: ChangeFilter, sort: ChangeSort): View {
    const key = JSON.stringify([filter.kind, filter.within?.start, filter.within?.end, filter.atLeast, sort.by, sort.descending]);
    const known = this.#views.get(key);
    const view = known ?? viewOf(this.#changes, filter, sort);
    this.#views.delete(key);
    this.#views.set(key, view);
    for (const oldest of this.#views.keys()) if (this.#views.size > KEPT_VIEWS) this.#views.delete(oldest);
    return view;
  }
}

function viewOf(changes: RangeColumns, filter: ChangeFilter, { by, descending }: ChangeSort): View {
  const { indexes, bytes } = filtered(changes, filter);
  const total = indexes.length;
  if (by === 'length') return { order: orderOf(indexes, lengthsOf(changes), descending), total, bytes };
  if (descending) return { order: indexes.reverse(), total, bytes };
  return { order: total === changes.count ? undefined : indexes, total, bytes };
}

function filtered(changes: RangeColumns, { kind, within, atLeast = 0 }: ChangeFilter): { indexes: Uint32Array; bytes: number } {
  const { starts, ends, kinds, count } = changes;
  const bits = kind === undefined ? WRITTEN | CLEARED : kind === 'written' ? WRITTEN : CLEARED;
  const indexes = new Uint32Array(count);
  let total = 0;
  let bytes = 0;
  const end = within?.end ?? Infinity;
  for (let i = within ? indexAt(changes, within.start) : 0; i < count && starts[i]! < end; i++) {
    const length = ends[i]! - starts[i]!;
    if ((kinds[i]! & bits) === 0 || length < atLeast) continue;
    indexes[total++] = i;
    bytes += length;
  }
  return { indexes: indexes.slice(0, total), bytes };
}

function lengthsOf({ starts, ends, count }: RangeColumns): Float64Array {
  const lengths = new Float64Array(count);
  for (let i = 0; i < count; i++) lengths[i] = ends[i]! - starts[i]!;
  return lengths;
}

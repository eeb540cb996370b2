import type { DiskArea } from '../../disk/areas.ts';
import type { ChangeList, ListedChange } from '../../engine/jobs/diff/changeList.ts';
import { ChangeTable, type ChangeFilter } from '../../engine/jobs/diff/changeTable.ts';
import { cellStart, drawMap } from '../../engine/jobs/diff/diskMap.ts';
import type { RangeColumns } from '../../engine/jobs/diff/packedRanges.ts';
import type { DifferenceAsk, FoundAnswer, MapAnswer, RowFilter, RowsAnswer, RowSort } from '../../messages/difference.ts';

type Ask<Type extends DifferenceAsk['type']> = Extract<DifferenceAsk, { type: Type }>;

/** The rows of an area that lies in several pieces: a table of its own, and which change each of its rows is. */
interface Table {
  readonly table: ChangeTable;
  /** Undefined where the table's indexes are those of the changes. */
  readonly indexes: Uint32Array | undefined;
}

const KIND = { written: 0, cleared: 1, both: 2 } as const;
const BY_ADDRESS: RowSort = { by: 'offset', descending: false };

/** Answers what a page asks of a difference, a part at a time. */
export class DifferenceRows {
  readonly #changes: ChangeList;
  readonly #columns: RangeColumns;
  readonly #allocated: RangeColumns;
  readonly #length: number;
  readonly #areas: readonly DiskArea[];
  readonly #all: Table;
  readonly #inPieces = new Map<number, Table>();

  /** @param length bytes of the longer image */
  constructor(changes: ChangeList, areas: readonly DiskArea[], length: number) {
    this.#changes = changes;
    this.#columns = changes.changes;
    this.#allocated = changes.allocated;
    this.#areas = areas;
    this.#length = length;
    this.#all = { table: new ChangeTable(this.#columns), indexes: undefined };
  }

  map({ start, end, cells }: Ask<'map'>): MapAnswer {
    const source = { changes: this.#columns, allocated: this.#allocated, length: this.#length };
    const map = drawMap(source, { start, end }, cells);
    const edges = Float64Array.from({ length: map.cells + 1 }, (_, i) => cellStart(map, i));
    return { type: 'map', edges, written: map.written, cleared: map.cleared, allocated: map.allocated };
  }

  /** @param really pages that differ of each change, -1 where nobody has looked */
  rows({ filter, sort, from, count }: Ask<'rows'>, really: Int32Array): RowsAnswer {
    const { table, indexes } = this.#tableOf(filter);
    const { rows, total, bytes, from: first } = table.rows(this.#filterOf(filter), sort, from, count);
    const ids = Uint32Array.from(rows, ({ index }) => indexes?.[index] ?? index);
    return {
      type: 'rows',
      from: first,
      total,
      bytes,
      ids,
      starts: Float64Array.from(rows, ({ start }) => start),
      ends: Float64Array.from(rows, ({ end }) => end),
      kinds: Uint8Array.from(rows, ({ kind }) => KIND[kind]),
      areas: Int32Array.from(rows, ({ start }) => this.areaAt(start)),
      really: Int32Array.from(ids, (id) => really[id] ?? -1),
    };
  }

  find({ which, offset, filter, sort }: Ask<'find'>): FoundAnswer {
    const place = this.#placeByAddress(which, offset, filter);
    if (place === undefined) return { type: 'found', at: undefined, id: 0, start: 0, end: 0 };
    const { table, indexes } = this.#tableOf(filter);
    const { index, start, end } = this.#byAddress(filter, place);
    const at = table.rowOf(index, this.#filterOf(filter), sort);
    return { type: 'found', at, id: indexes?.[index] ?? index, start, end };
  }

  at(id: number): ListedChange | undefined {
    return this.#changes.at(id);
  }

  /** Place of the area that holds the byte, in the list of areas; -1 for none. Of partitions that overlap, the first. */
  areaAt(offset: number): number {
    return this.#areas.findIndex(({ ranges }) => ranges.some(({ start, end }) => offset >= start && offset < end));
  }

  /** All rows that pass the filter, in address order, some at a time. */
  *blocks(filter: RowFilter): Generator<readonly ListedChange[]> {
    const { table, indexes } = this.#tableOf(filter);
    for (let from = 0; ;) {
      const { rows, total } = table.rows(this.#filterOf(filter), BY_ADDRESS, from, 1000);
      if (rows.length > 0) yield indexes ? rows.map((row) => ({ ...row, index: indexes[row.index]! })) : rows;
      from += rows.length;
      if (from >= total || rows.length === 0) return;
    }
  }

  /** Of the rows that pass the filter, in address order, the place of the wanted one. */
  #placeByAddress(which: Ask<'find'>['which'], offset: number, filter: RowFilter): number | undefined {
    const total = this.#tableOf(filter).table.rows(this.#filterOf(filter), BY_ADDRESS, 0, 0).total;
    /** The first that is so; all before it are not. */
    const first = (isSo: (change: ListedChange) => boolean): number => {
      let [low, high] = [0, total];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (isSo(this.#byAddress(filter, middle))) high = middle;
        else low = middle + 1;
      }
      return low;
    };
    const inside = (place: number): number | undefined => (place >= 0 && place < total ? place : undefined);
    if (which === 'next') return inside(first(({ start }) => start > offset));
    if (which === 'previous') return inside(first(({ end }) => end > offset) - 1);
    const behind = first(({ end }) => end > offset);
    const [after, before] = [inside(behind), inside(behind - 1)];
    if (after === undefined || before === undefined) return after ?? before;
    return this.#byAddress(filter, after).start - offset <= offset - this.#byAddress(filter, before).end ? after : before;
  }

  #byAddress(filter: RowFilter, place: number): ListedChange {
    return this.#tableOf(filter).table.rows(this.#filterOf(filter), BY_ADDRESS, place, 1).rows[0]!;
  }

  /** An area that is not there holds no row. */
  #filterOf({ kind, atLeast, area }: RowFilter): ChangeFilter {
    const ranges = area === undefined ? undefined : (this.#areas[area]?.ranges ?? []);
    const within = ranges && (ranges.length === 0 ? { start: 0, end: 0 } : ranges.length === 1 ? ranges[0] : undefined);
    return { kind, atLeast, within };
  }

  #tableOf({ area }: RowFilter): Table {
    const ranges = area === undefined ? [] : (this.#areas[area]?.ranges ?? []);
    if (area === undefined || ranges.length < 2) return this.#all;
    const known = this.#inPieces.get(area) ?? tableIn(this.#columns, ranges);
    this.#inPieces.set(area, known);
    return known;
  }
}

/** The changes that lie in these ranges, in part at least. */
function tableIn({ starts, ends, kinds, count, joinedWithin }: RangeColumns, ranges: DiskArea['ranges']): Table {
  const found: number[] = [];
  for (let i = 0, r = 0; i < count && r < ranges.length;) {
    if (starts[i]! >= ranges[r]!.end) r++;
    else {
      if (ends[i]! > ranges[r]!.start) found.push(i);
      i++;
    }
  }
  const indexes = Uint32Array.from(found);
  const columns = {
    count: indexes.length,
    starts: Float64Array.from(indexes, (i) => starts[i]!),
    ends: Float64Array.from(indexes, (i) => ends[i]!),
    kinds: Uint8Array.from(indexes, (i) => kinds[i]!),
    joinedWithin,
  };
  return { table: new ChangeTable(columns), indexes };
}

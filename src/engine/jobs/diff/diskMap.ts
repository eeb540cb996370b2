import { PAGE, type PageRange } from '../../ranges/pageRange.ts';
import { CLEARED, indexAt, WRITTEN, type RangeColumns } from './packedRanges.ts';

/**
 * A stretch of a disk as a row of cells. Of each cell the shares of its bytes, from 0 to 1, that were written, cleared, and are allocated. A share is
 * 0 only where there is no such byte, and 1 only where all of them are: a single page of 8 TiB is not rounded away. Nothing but numbers and typed
 * arrays, so that it can be posted to another thread.
 */
export interface DiskMap {
  /** The bytes `[start, end)` that are drawn: whole pages inside the disk. */
  readonly start: number;
  readonly end: number;
  /** Cells; fewer than asked for where a cell would be less than a page. */
  readonly cells: number;
  readonly written: Float32Array;
  readonly cleared: Float32Array;
  readonly allocated: Float32Array;
}

/** What is drawn. */
export interface MapSource {
  readonly changes: RangeColumns;
  readonly allocated: RangeColumns;
  /** Bytes of the longer image. */
  readonly length: number;
}

/** The largest share below 1 that a Float32Array can hold. */
const NEARLY_ALL = 1 - 2 ** -24;

/** Draws `view` of a disk in `cells` cells, in time for the ranges in view and the cells. */
export function drawMap({ changes, allocated, length }: MapSource, view: PageRange, cells: number): DiskMap {
  const start = Math.floor(Math.max(0, Math.min(view.start, length)) / PAGE) * PAGE;
  const end = Math.max(start, Math.min(Math.ceil(Math.max(view.end, 0) / PAGE) * PAGE, length));
  const frame = { start, end, cells: Math.max(0, Math.min(Math.floor(cells), (end - start) / PAGE)) };
  return {
    ...frame,
    written: sharesOf(changes, frame, WRITTEN),
    cleared: sharesOf(changes, frame, CLEARED),
    allocated: sharesOf(allocated, frame, ~0),
  };
}

/** First byte of cell `i` of a map; cell `i` ends where cell `i + 1` begins, and the last one at the map's end. */
export function cellStart({ start, end, cells }: Pick<DiskMap, 'start' | 'end' | 'cells'>, i: number): number {
  if (i >= cells) return end;
  return start + Math.floor(((end - start) / PAGE / cells) * i) * PAGE;
}

/** The cell that holds the byte at `offset`, which must lie in the map. */
export function cellAt(map: Pick<DiskMap, 'start' | 'end' | 'cells'>, offset: number): number {
  const guess = Math.floor(((offset - map.start) / (map.end - map.start)) * map.cells);
  let cell = Math.max(0, Math.min(guess, map.cells - 1));
  // Cells begin at whole pages, so one may begin a little earlier than its share of the bytes.
  while (cell < map.cells - 1 && cellStart(map, cell + 1) <= offset) cell++;
  return cell;
}

function sharesOf(columns: RangeColumns, frame: Pick<DiskMap, 'start' | 'end' | 'cells'>, bits: number): Float32Array {
  const { starts, ends, kinds, count } = columns;
  const { start, end, cells } = frame;
  const shares = new Float32Array(cells);
  if (cells === 0) return shares;
  let cell = 0;
  let [from, to] = [start, cellStart(frame, 1)];
  let held = 0;
  const finish = (): void => {
    shares[cell] = held === to - from ? 1 : Math.min(NEARLY_ALL, held / (to - from));
    held = 0;
  };
  const move = (next: number): void => {
    finish();
    cell = next;
    [from, to] = [cellStart(frame, cell), cellStart(frame, cell + 1)];
  };
  for (let i = indexAt(columns, start); i < count && starts[i]! < end; i++) {
    if ((kinds[i]! & bits) === 0) continue;
    let at = Math.max(starts[i]!, start);
    const rangeEnd = Math.min(ends[i]!, end);
    if (at >= to) move(cellAt(frame, at));
    while (at < rangeEnd) {
      const upTo = Math.min(rangeEnd, to);
      held += upTo - at;
      at = upTo;
      if (at >= to && at < rangeEnd) move(cell + 1);
    }
  }
  finish();
  return shares;
}

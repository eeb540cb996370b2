import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import type { RangeWindow } from '../../../src/engine/ranges/rangeWindow.ts';
import type { Extent, SparsePages } from './sparsePages.ts';

/** How much one answer of a list may hold. */
export interface WindowLimits {
  /** Ranges in one window. */
  readonly ranges: number;
  /** Bytes that one window covers, counted from its first range; ranges across its end are split, as the service does. */
  readonly bytes: number;
}

/** The first window of the list of those extents inside `within` that `holds` names; touching ranges are joined. */
export function firstWindow(pages: SparsePages, within: PageRange, holds: (extent: Extent) => boolean, limits: WindowLimits): RangeWindow {
  let edge = within.end;
  const ranges: { start: number; end: number }[] = [];
  for (const extent of pages.within(within)) {
    if (!holds(extent)) continue;
    const last = ranges.at(-1);
    if (!last) edge = Math.min(edge, extent.start + limits.bytes);
    if (extent.start >= edge) break;
    const end = Math.min(extent.end, edge);
    if (last && last.end === extent.start) last.end = end;
    else if (last && ranges.length >= limits.ranges) return { start: within.start, end: last.end, ranges };
    else ranges.push({ start: extent.start, end });
  }
  return { start: within.start, end: edge, ranges };
}

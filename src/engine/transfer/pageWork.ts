import { intersect, subtract, union, type RangeSet } from '../ranges/rangeSet.ts';
import type { RangeWindow } from '../ranges/rangeWindow.ts';

/** What is to be done to the bytes `[start, end)` of a target so that it equals the source: pages to write and pages to clear. */
export interface PageWork {
  readonly start: number;
  readonly end: number;
  readonly write: RangeSet;
  readonly clear: RangeSet;
}

/** Every value comes from the source: a touched page that it holds is written, one that it does not hold is cleared. */
export function workFor(window: Omit<RangeWindow, 'ranges'>, touched: RangeSet, heldBySource: RangeSet): PageWork {
  return { start: window.start, end: window.end, write: intersect(touched, heldBySource), clear: subtract(touched, heldBySource) };
}

export function joinWork(a: PageWork, b: PageWork): PageWork {
  return { ...a, write: union(a.write, b.write), clear: union(a.clear, b.clear) };
}

export function isIdle(work: PageWork): boolean {
  return work.write.length === 0 && work.clear.length === 0;
}

import { intersectionOf, lengthOf, type PageRange } from './pageRange.ts';

/**
 * A canonical list of page ranges: ascending, disjoint, not touching, none empty. Two range sets hold the same pages exactly when they are
 * equal element by element. All functions here take and give canonical lists and run in linear time.
 */
export type RangeSet = readonly PageRange[];

export const EMPTY: RangeSet = [];

/** Makes any list of ranges canonical: sorts it, joins what overlaps or touches, drops what is empty. */
export function rangeSet(ranges: Iterable<PageRange>): RangeSet {
  const sorted = [...ranges].filter((range) => range.start < range.end).sort((a, b) => a.start - b.start);
  const builder = new RangeSetBuilder();
  for (const range of sorted) builder.add(range.start, range.end);
  return builder.finish();
}

/** Builds a range set from ranges that come in ascending order of their start. */
export class RangeSetBuilder {
  #ranges: { start: number; end: number }[] = [];

  add(start: number, end: number): void {
    if (start >= end) return;
    const last = this.#ranges.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else this.#ranges.push({ start, end });
  }

  finish(): RangeSet {
    return this.#ranges;
  }
}

/** Pages in `a` or in `b`. */
export function union(a: RangeSet, b: RangeSet): RangeSet {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const builder = new RangeSetBuilder();
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const left = a[i];
    const right = b[j];
    const next = !right || (left && left.start <= right.start) ? left : right;
    if (next === left) i++;
    else j++;
    if (next) builder.add(next.start, next.end);
  }
  return builder.finish();
}

/** Pages in both. */
export function intersect(a: RangeSet, b: RangeSet): RangeSet {
  const result: PageRange[] = [];
  for (let i = 0, j = 0; ;) {
    const left = a[i];
    const right = b[j];
    if (!left || !right) return result;
    const both = intersectionOf(left, right);
    if (both) result.push(both);
    if (left.end < right.end) i++;
    else j++;
  }
}

/** Pages in `a` that are not in `b`. */
export function subtract(a: RangeSet, b: RangeSet): RangeSet {
  if (a.length === 0 || b.length === 0) return a;
  const result: PageRange[] = [];
  let j = 0;
  for (const range of a) {
    let start = range.start;
    for (; j < b.length; j++) {
      const hole = b[j]!;
      if (hole.start >= range.end) break;
      if (hole.start > start) result.push({ start, end: hole.start });
      start = Math.max(start, hole.end);
      if (hole.end > range.end) break;
    }
    if (start < range.end) result.push({ start, end: range.end });
  }
  return result;
}

/** Pages of `set` inside `within`. */
export function clip(set: RangeSet, within: PageRange): RangeSet {
  const first = set[0];
  const last = set.at(-1);
  if (!first || !last || (first.start >= within.start && last.end <= within.end)) return set;
  return intersect(set, [within]);
}

/** Bytes in the set. */
export function bytesOf(set: RangeSet): number {
  let bytes = 0;
  for (const range of set) bytes += lengthOf(range);
  return bytes;
}

export function sameRanges(a: RangeSet, b: RangeSet): boolean {
  return a.length === b.length && a.every((range, i) => range.start === b[i]!.start && range.end === b[i]!.end);
}

/** Cuts every range at multiples of nothing but its own start: pieces of at most `most` bytes, in address order, no gap written. */
export function* split(set: RangeSet, most: number): Generator<PageRange> {
  for (const { start, end } of set) {
    for (let at = start; at < end; at += most) yield { start: at, end: Math.min(at + most, end) };
  }
}

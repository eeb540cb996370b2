import fc from 'fast-check';
import { PAGE, type PageRange } from '../../../src/engine/ranges/pageRange.ts';
import type { RangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import type { RangeWindow, RangeWindows } from '../../../src/engine/ranges/rangeWindow.ts';

/** The model of a range set: one bit a page. */
export type PageBits = readonly boolean[];

export const pageBits = (pages: number): fc.Arbitrary<PageBits> => fc.array(fc.boolean(), { minLength: pages, maxLength: pages });

/** Pages of a range set as bits; the first `pages` of them. */
export function bitsOf(set: RangeSet, pages: number): PageBits {
  const bits = Array.from({ length: pages }, () => false);
  for (const { start, end } of set) bits.fill(true, start / PAGE, end / PAGE);
  return bits;
}

/** The canonical range set of the pages whose bit is set. */
export function setOf(bits: PageBits): RangeSet {
  const ranges: { start: number; end: number }[] = [];
  for (const [page, isSet] of bits.entries()) {
    if (!isSet) continue;
    const last = ranges.at(-1);
    if (last?.end === page * PAGE) last.end += PAGE;
    else ranges.push({ start: page * PAGE, end: (page + 1) * PAGE });
  }
  return ranges;
}

/** What is wrong with a range set that ought to be canonical. */
export function flawOf(set: RangeSet): string | undefined {
  for (const [i, { start, end }] of set.entries()) {
    if (start >= end) return `range ${i} is empty`;
    if (i > 0 && set[i - 1]!.end >= start) return `range ${i} overlaps or touches the one before, or comes too early`;
  }
  return undefined;
}

/** `[first, last)` in pages. */
export function range(first: number, last: number): PageRange {
  return { start: first * PAGE, end: last * PAGE };
}

/** The list of `bits` as windows that end at the pages in `cuts` and at the end. */
export async function* windowsOf(bits: PageBits, cuts: readonly number[], from = 0): RangeWindows {
  const edges = [...new Set([...cuts, bits.length])].filter((edge) => edge > from && edge <= bits.length).sort((a, b) => a - b);
  let first = from;
  for (const last of edges) {
    yield windowOf(bits, first, last);
    first = last;
  }
}

export function windowOf(bits: PageBits, first: number, last: number): RangeWindow {
  return { ...range(first, last), ranges: setOf(bits.map((bit, page) => bit && page >= first && page < last)) };
}

export async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

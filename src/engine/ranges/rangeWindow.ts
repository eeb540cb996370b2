import { BackupError } from '../errors.ts';
import type { PageRange } from './pageRange.ts';
import { clip, RangeSetBuilder, type RangeSet } from './rangeSet.ts';

/**
 * Everything a list says about the bytes `[start, end)` of an image. Lists of page ranges are passed on as windows that follow one another
 * without a gap, so that a reader knows how far the list is complete and never holds more than a window of it.
 */
export interface RangeWindow {
  readonly start: number;
  readonly end: number;
  /** Pages the list names, clipped to the window: allocated pages, or pages touched since the earlier snapshot. */
  readonly ranges: RangeSet;
}

export type RangeWindows = AsyncIterable<RangeWindow>;

/** The same stretch `[start, end)` of several lists, one range set of each, in the order the lists were given. */
export interface AlignedWindow<Lists extends readonly RangeWindows[]> {
  readonly start: number;
  readonly end: number;
  readonly sets: { readonly [K in keyof Lists]: RangeSet };
}

/**
 * Walks several lists over `within` side by side. Holds one window of each, whatever the disk's size.
 * @param longest most bytes that one aligned window spans
 * @throws incompleteAnswer when a list has a gap or ends before `within.end`: a list counts only if it is complete
 */
export async function* aligned<const Lists extends readonly RangeWindows[]>(
  within: PageRange,
  lists: Lists,
  longest = Infinity,
): AsyncGenerator<AlignedWindow<Lists>> {
  const readers = lists.map((list) => list[Symbol.asyncIterator]());
  const current: RangeWindow[] = [];
  try {
    for (let at = within.start; at < within.end;) {
      const ask = async (reader: AsyncIterator<RangeWindow>, i: number) => {
        if (!current[i] || current[i].end <= at) current[i] = await nextWindow(reader, at);
      };
      await Promise.all(readers.map(ask));
      const end = Math.min(within.end, at + longest, ...current.map((window) => window.end));
      const sets = current.map((window) => clip(window.ranges, { start: at, end }));
      yield { start: at, end, sets: sets as AlignedWindow<Lists>['sets'] };
      at = end;
    }
  } finally {
    for (const reader of readers) await reader.return?.();
  }
}

async function nextWindow(reader: AsyncIterator<RangeWindow>, expectedStart: number): Promise<RangeWindow> {
  const next = await reader.next();
  if (next.done || next.value.start !== expectedStart || next.value.end <= expectedStart) {
    throw new BackupError('incompleteAnswer', 'The list of page ranges that the service gave is not complete.', {
      retryable: true,
      effect: 'none',
      hint: 'Run the same command again.',
    });
  }
  return next.value;
}

/** The list that names every page of `within` (or none of it). */
export async function* constantWindows(within: PageRange, ranges: 'every page' | 'no page'): AsyncGenerator<RangeWindow> {
  if (within.start < within.end) yield { ...within, ranges: ranges === 'every page' ? [within] : [] };
}

/** All ranges of a list as one set: only for lists known to be small, and for tests. */
export async function collect(windows: RangeWindows): Promise<RangeSet> {
  const builder = new RangeSetBuilder();
  for await (const window of windows) for (const range of window.ranges) builder.add(range.start, range.end);
  return builder.finish();
}

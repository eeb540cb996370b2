import { BackupError, isBackupError } from '../engine/errors.ts';
import { PAGE, type PageRange } from '../engine/ranges/pageRange.ts';
import { RangeSetBuilder, type RangeSet } from '../engine/ranges/rangeSet.ts';
import type { RangeWindow } from '../engine/ranges/rangeWindow.ts';
import { PageWatch } from './pageWatch.ts';

/** One answer to Get Page Ranges, still as the service gives it. */
export interface RangePage {
  /** Ascending and not overlapping; both ends are inclusive, as in the service's XML. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
  /** Names the next answer of the same list; undefined at its end. */
  readonly next: string | undefined;
  /** Bytes in the image (x-ms-blob-content-length). */
  readonly length: number | undefined;
}

/** Asks once for the ranges in `window`, from the start or from where `marker` says. */
export type ListRanges = (window: PageRange, marker: string | undefined) => Promise<RangePage>;

/** A list of this much is small enough for any server, however fragmented the blob. Source: the storage team's 150 MB, in whole MiB. */
export const SMALLEST_WINDOW = 128 * 1024 * 1024;

/** After a list took too long, the next one asks for this part of it. */
const SHRINK = 4;

/** So many lists in a row must go well before a larger one is asked for: each that fails costs its whole time-out. */
const GROW_AFTER = 16;

/**
 * Tiles `within` with what the service says about it. Asks for everything at once; where the service is too slow for that (fragmented blobs), for
 * less and less, down to 128 MiB, and for more again when that goes well for a while. An answer in pieces is passed on piece by piece: a piece is complete up
 * to the end of its last range.
 * @throws what `list` throws when not even the smallest window can be had; incompleteAnswer for a list that cannot be right
 */
export async function* tileRanges(within: PageRange, list: ListRanges): AsyncGenerator<RangeWindow> {
  let at = within.start;
  let size = within.end - within.start;
  let calm = 0;
  let length = Infinity;
  while (at < within.end) {
    // A list must begin inside the image, though it may be asked for beyond its end.
    if (at >= length && at > within.start) {
      yield { start: at, end: within.end, ranges: [] };
      return;
    }
    const window = { start: at, end: Math.min(within.end, at + size) };
    const pages = new PageWatch('The list of page ranges');
    try {
      do {
        const page = await list(window, pages.marker);
        const tile = tileOf(page, { start: at, end: window.end }, pages.marker);
        if (tile.start < tile.end) yield tile;
        at = tile.end;
        length = page.length ?? length;
        pages.advance(page.next, tile.start < tile.end);
      } while (pages.marker !== undefined);
    } catch (error) {
      const asked = window.end - at;
      if (!isTooSlow(error) || asked <= SMALLEST_WINDOW) throw error;
      size = Math.max(SMALLEST_WINDOW, Math.floor(asked / SHRINK / SMALLEST_WINDOW) * SMALLEST_WINDOW);
      calm = 0;
      continue;
    }
    at = window.end;
    if (++calm % GROW_AFTER === 0) size = Math.min(within.end - within.start, size * 2);
  }
}

/** `rest`: the part of the window that no answer has covered yet. */
function tileOf(page: RangePage, rest: PageRange, marker: string | undefined): RangeWindow {
  const ranges = checked(page, marker === undefined ? 0 : rest.start);
  const last = page.ranges.at(-1);
  if (page.next === undefined) return { ...rest, ranges: clipped(ranges, rest) };
  if (last && last.end < rest.start) throw incomplete('it does not get on');
  const end = last ? Math.min(rest.end, last.end + 1) : rest.start;
  const tile = { start: rest.start, end };
  return { ...tile, ranges: clipped(ranges, tile) };
}

/** The ranges half-open, if they are what the service promises. */
function checked({ ranges, length = Number.MAX_SAFE_INTEGER }: RangePage, from: number): readonly PageRange[] {
  let before = from;
  return ranges.map(({ start, end }) => {
    const range = { start, end: end + 1 };
    if (!Number.isSafeInteger(range.start) || !Number.isSafeInteger(range.end) || range.start % PAGE !== 0 || range.end % PAGE !== 0) {
      throw incomplete('it names parts of pages');
    }
    if (range.start < before || range.end <= range.start) throw incomplete('its ranges are out of order');
    if (range.end > length) throw incomplete('it goes beyond the end of the blob');
    before = range.end;
    return range;
  });
}

function clipped(ranges: readonly PageRange[], window: PageRange): RangeSet {
  const builder = new RangeSetBuilder();
  for (const { start, end } of ranges) builder.add(Math.max(start, window.start), Math.min(end, window.end));
  return builder.finish();
}

function isTooSlow(error: unknown): boolean {
  return isBackupError(error, 'timedOut', 'serviceFailed');
}

function incomplete(why: string): BackupError {
  return new BackupError('incompleteAnswer', `The service's list of page ranges cannot be right: ${why}.`, {
    retryable: true,
    effect: 'unknown',
  });
}

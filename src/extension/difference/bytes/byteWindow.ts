import type { PageRange } from '../../../engine/ranges/pageRange.ts';
import { PAGE } from '../../../engine/ranges/pageRange.ts';
import { queryOf, subjectIn, type Pair } from '../subject.ts';

/**
 * Bytes that one document shows at most: 16 pages. What VS Code's diff needs for bytes of which none is as before grows with the number of pages, since it
 * compares page with page; after 5 s it gives up, and says so. On two busy processors 24 pages were too many.
 */
export const WINDOW = 8 * 1024;

/** The bytes `[start, end)` of both images, whole pages. */
export interface ByteWindow extends PageRange {
  readonly pair: Pair;
  /** Bytes of the longer image. */
  readonly length: number;
}

export type Side = 'before' | 'after';

/** The window on a range that begins at the page of `offset`: with a page of what lies around it, and never more than `WINDOW`. */
export function windowAt(pair: Pair, range: PageRange, offset: number, length: number): ByteWindow {
  const page = Math.floor(Math.max(range.start, Math.min(offset, range.end - 1)) / PAGE) * PAGE;
  const start = Math.max(0, page - PAGE);
  return { pair, start, end: Math.min(start + WINDOW, range.end + PAGE, length), length };
}

/** The whole window behind or before this one; undefined at the end of the disk. */
export function neighbour({ pair, start, end, length }: ByteWindow, which: 'next' | 'previous'): ByteWindow | undefined {
  if (which === 'next') return end < length ? { pair, start: end, end: Math.min(end + WINDOW, length), length } : undefined;
  return start > 0 ? { pair, start: Math.max(0, start - WINDOW), end: start, length } : undefined;
}

export function windowQuery({ pair, start, end, length }: ByteWindow, side: Side): string {
  const place = new URLSearchParams({ side, start: String(start), end: String(end), length: String(length) });
  return `${queryOf({ kind: 'pair', pair })}&${place.toString()}`;
}

/** The window that a query names, whoever wrote it: never one that is too long, or off the pages. */
export function windowIn(query: string): { readonly window: ByteWindow; readonly side: Side } | undefined {
  const subject = subjectIn(query);
  const fields = new URLSearchParams(query);
  const [start, end, length] = ['start', 'end', 'length'].map((name) => Number(fields.get(name) ?? Number.NaN)) as [number, number, number];
  const side = fields.get('side');
  const areBytes = [start, end, length].every((value) => Number.isSafeInteger(value) && value >= 0 && value % PAGE === 0);
  if (subject?.kind !== 'pair' || (side !== 'before' && side !== 'after') || !areBytes) return undefined;
  if (start >= end || end > length || end - start > WINDOW) return undefined;
  return { window: { pair: subject.pair, start, end, length }, side };
}

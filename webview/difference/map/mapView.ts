/** The part of the disk that the map shows: bytes `[start, end)`, whole pages. */
export interface MapView {
  readonly start: number;
  readonly end: number;
}

const PAGE = 512;
/** As far as zooming goes: more of a page cannot be told from the map. */
export const SMALLEST_VIEW = 16 * PAGE;

export function wholeDisk(length: number): MapView {
  return { start: 0, end: Math.max(PAGE, length) };
}

/**
 * A view `factor` times as wide, in which `at` (bytes) stays where it was. Never wider than the disk, nor narrower than a few pages.
 */
export function zoomed(view: MapView, length: number, factor: number, at: number): MapView {
  const size = view.end - view.start;
  const wanted = clamp(wholePages(size * factor), Math.min(SMALLEST_VIEW, wholeDisk(length).end), wholeDisk(length).end);
  const share = (at - view.start) / size;
  return placed(wholePages(at - share * wanted), wanted, length);
}

/** The view moved by so many bytes, as far as the disk reaches. */
export function panned(view: MapView, length: number, bytes: number): MapView {
  return placed(wholePages(view.start + bytes), view.end - view.start, length);
}

/** A view of some bytes with some disk around them. */
export function around({ start, end }: MapView, length: number): MapView {
  const margin = Math.max((end - start) / 8, SMALLEST_VIEW / 4);
  const from = wholePages(start - margin);
  return placed(from, clamp(wholePages(end + margin) - from, SMALLEST_VIEW, wholeDisk(length).end), length);
}

/** The view moved as little as shows all of the range, or its start where it is wider than the view. */
export function revealing(view: MapView, length: number, range: MapView): MapView {
  if (range.start >= view.start && range.end <= view.end) return view;
  const size = view.end - view.start;
  const middle = (range.start + Math.min(range.end, range.start + size)) / 2;
  return placed(wholePages(middle - size / 2), size, length);
}

export function isWhole(view: MapView, length: number): boolean {
  return view.start === 0 && view.end >= length;
}

/** The byte under `x`; `width` is that of the map, in the same unit. */
export function offsetAt(view: MapView, x: number, width: number): number {
  const offset = view.start + Math.floor((clamp(x, 0, width) / width) * (view.end - view.start));
  return Math.min(offset, view.end - 1);
}

/** Columns `[left, right)` that the range covers, whole ones; undefined where it is not in view. A range in view has at least one. */
export function columnsOf(view: MapView, range: MapView, width: number): { readonly left: number; readonly right: number } | undefined {
  if (range.end <= view.start || range.start >= view.end || range.end <= range.start) return undefined;
  const size = view.end - view.start;
  const left = Math.min(width - 1, Math.floor(((Math.max(range.start, view.start) - view.start) / size) * width));
  const right = Math.ceil(((Math.min(range.end, view.end) - view.start) / size) * width);
  return { left, right: Math.min(width, right) };
}

function placed(start: number, size: number, length: number): MapView {
  const whole = wholeDisk(length).end;
  const from = clamp(start, 0, Math.max(0, whole - size));
  return { start: from, end: Math.min(whole, from + size) };
}

function wholePages(bytes: number): number {
  return Math.round(bytes / PAGE) * PAGE;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(least, value), most);
}

/**
 * How a list that may be far taller than a browser lets an element be is scrolled: the element is as tall as it may be, and where the two heights
 * differ, what is on the screen moves pixel by pixel under a wheel, and in proportion under the bar. Heights and places in CSS pixels.
 */
export interface Tall {
  readonly rows: number;
  readonly rowHeight: number;
  /** Of the part that is seen. */
  readonly viewHeight: number;
}

/** Chromium lays out at most 2^25 pixels of the screen: 8 million CSS pixels still fit where one is four of them. */
export const TALLEST = 8_000_000;

export function heightOf({ rows, rowHeight }: Tall): number {
  return rows * rowHeight;
}

/** Height of the element that is scrolled. */
export function elementHeight(tall: Tall): number {
  return Math.min(heightOf(tall), TALLEST);
}

/** Furthest that the list can be scrolled. */
export function lastTop(tall: Tall): number {
  return Math.max(0, heightOf(tall) - tall.viewHeight);
}

/** The element's `scrollTop` that stands for `top`, a place in the list. */
export function scrollTopOf(tall: Tall, top: number): number {
  const furthest = lastTop(tall);
  const most = Math.max(0, elementHeight(tall) - tall.viewHeight);
  return furthest === 0 ? 0 : furthest === most ? top : (top / furthest) * most;
}

/**
 * Where in the list it is after the element went from one `scrollTop` to another.
 * @param top where it was before
 */
export function topAfter(tall: Tall, top: number, from: number, to: number): number {
  const furthest = lastTop(tall);
  const most = Math.max(0, elementHeight(tall) - tall.viewHeight);
  if (furthest === most) return clamp(to, furthest);
  const moved = to - from;
  // Nobody drags a bar as finely as one page of so tall a list: that was a wheel or a finger.
  if (Math.abs(moved) <= tall.viewHeight) return clamp(top + moved, furthest);
  return clamp((to / most) * furthest, furthest);
}

/** Rows `[start, end)` that are seen, half-seen ones included. */
export function rowsAt(tall: Tall, top: number): { readonly start: number; readonly end: number } {
  const start = Math.min(tall.rows, Math.floor(top / tall.rowHeight));
  return { start, end: Math.min(tall.rows, Math.ceil((top + tall.viewHeight) / tall.rowHeight)) };
}

/** The nearest place from which the whole row is seen. */
export function topToShow(tall: Tall, top: number, row: number): number {
  const start = row * tall.rowHeight;
  const end = start + tall.rowHeight;
  if (start < top) return start;
  if (end > top + tall.viewHeight) return clamp(end - tall.viewHeight, lastTop(tall));
  return top;
}

/** Whole rows that are seen at once, at least one. */
export function rowsInView({ rowHeight, viewHeight }: Tall): number {
  return Math.max(1, Math.floor(viewHeight / rowHeight));
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, value), most);
}

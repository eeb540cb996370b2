import type { PointRow } from '../../src/messages/restore.ts';

/** Height of the highest bar in pixels. */
export const BARS = 72;
/** So much of a bar is there even where nothing changed. */
const LOWEST = 3;
/** A day written below the bars; the next one needs so many pixels. */
const DAY = 52;

export interface Bar {
  readonly row: PointRow;
  /** Left edge of its slot. */
  readonly x: number;
  readonly height: number;
}

export interface TimelineShape {
  /** Pixels of one point, the gap to its neighbour included. */
  readonly slot: number;
  /** Of all points. */
  readonly width: number;
  /** Oldest first. */
  readonly bars: readonly Bar[];
  readonly days: readonly { readonly x: number; readonly text: string }[];
}

/**
 * One slot a point, whatever the time between: the points of a busy hour can be told apart as well as those of a quiet month. Heights grow with the
 * square root of the bytes, or a full backup would flatten all others.
 * @param rows newest first
 */
export function timelineShape(rows: readonly PointRow[]): TimelineShape {
  const slot = rows.length <= 36 ? 22 : rows.length <= 100 ? 12 : 8;
  const most = Math.max(1, ...rows.map(({ changed }) => changed));
  const bars = rows.toReversed().map((row, i) => ({
    row,
    x: i * slot,
    height: Math.max(LOWEST, Math.round(BARS * Math.sqrt(Math.max(0, row.changed) / most))),
  }));
  const days: { x: number; text: string }[] = [];
  for (const [i, { row, x }] of bars.entries()) {
    const isOther = row.day !== '' && row.day !== bars[i - 1]?.row.day;
    if (isOther && x - (days.at(-1)?.x ?? -DAY) >= DAY) days.push({ x, text: row.day });
  }
  return { slot, width: rows.length * slot, bars, days };
}

/** Keys that walk through points, in the timeline (older is left) and in the list (older is down). */
export function walk(rows: readonly PointRow[], from: string | undefined, key: string): string | undefined {
  const open = rows.filter(({ proof }) => proof !== 'missing');
  const at = open.findIndex(({ id }) => id === from);
  const to = stepOf(key, at, open.length);
  return to === undefined ? undefined : open[Math.min(open.length - 1, Math.max(0, to))]?.id;
}

function stepOf(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'ArrowLeft':
      return at + 1;
    case 'ArrowUp':
    case 'ArrowRight':
      return at < 0 ? 0 : at - 1;
    case 'PageDown':
      return at + 10;
    case 'PageUp':
      return at - 10;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

import type { Block, Cells, Surface } from './drawing.ts';
import { columnsOf, panned, wholeDisk, type MapView } from './mapView.ts';

/** CSS pixels. */
export const OVERVIEW_HEIGHT = 14;
/** So that it can be seen and caught, however little of the disk it stands for. */
const LEAST_THUMB = 12;

/** The whole disk in one line, and the part of it that the map shows. */
export function overviewOf(cells: Cells | undefined, view: MapView, length: number, surface: Surface): Block[] {
  const { ratio, width } = surface;
  const height = Math.round(OVERVIEW_HEIGHT * ratio);
  const whole = wholeDisk(length);
  const blocks: Block[] = [{ paint: 'band', x: 0, y: 0, width, height }];
  const least = Math.max(1, Math.round(ratio));
  for (let i = 0; cells && i < cells.edges.length - 1; i++) {
    const [written, cleared] = [cells.written[i]!, cells.cleared[i]!];
    if (written + cleared === 0) continue;
    const at = columnsOf(whole, { start: cells.edges[i]!, end: cells.edges[i + 1]! }, width);
    const paint = written > 0 ? 'written' : 'clearedNarrow';
    if (at)
      blocks.push({
        paint,
        x: at.left,
        y: Math.round(height / 4),
        width: Math.max(least, at.right - at.left),
        height: Math.round(height / 2),
      });
  }
  const { left, right } = thumbOf(view, length, surface);
  const line = Math.max(1, Math.round(2 * ratio));
  blocks.push(
    { paint: 'selected', x: left, y: 0, width: line, height },
    { paint: 'selected', x: right - line, y: 0, width: line, height },
    { paint: 'selected', x: left, y: 0, width: right - left, height: line },
    { paint: 'selected', x: left, y: height - line, width: right - left, height: line },
  );
  return blocks;
}

/** Columns of the part that the map shows. */
export function thumbOf(view: MapView, length: number, { width, ratio }: Surface): { readonly left: number; readonly right: number } {
  const at = columnsOf(wholeDisk(length), view, width) ?? { left: 0, right: width };
  const least = Math.min(width, LEAST_THUMB * ratio);
  const missing = Math.max(0, least - (at.right - at.left));
  const left = Math.max(0, Math.min(Math.round(at.left - missing / 2), width - Math.round(least)));
  return { left, right: Math.min(width, Math.round(Math.max(at.right, left + least))) };
}

/** The view with its middle where in the overview somebody points; `x` and `width` in the same unit. */
export function viewAt(view: MapView, length: number, x: number, width: number): MapView {
  const middle = (x / width) * wholeDisk(length).end;
  return panned(view, length, middle - (view.start + view.end) / 2);
}

import type { MapAnswer } from '../../../src/messages/difference.ts';
import { columnsOf, type MapView } from './mapView.ts';

/** What changed, cell by cell: cell `i` is the bytes `[edges[i], edges[i + 1])`. Shares of each, 0 only where there is no such byte. */
export type Cells = Pick<MapAnswer, 'edges' | 'written' | 'cleared' | 'allocated'>;

export interface Area {
  readonly kind: 'partition' | 'footer' | 'rest';
  readonly name: string;
  /** What is written on it. */
  readonly label: string;
  readonly isTouched: boolean;
  readonly ranges: readonly MapView[];
}

export interface Scene {
  readonly view: MapView;
  readonly cells: Cells | undefined;
  readonly areas: readonly Area[];
  readonly selected: MapView | undefined;
  /** Bytes of the shorter image, where the two differ in length. */
  readonly shorter: number | undefined;
}

/** Of the canvas. */
export interface Surface {
  /** In pixels of the screen. */
  readonly width: number;
  /** Of those to one CSS pixel. */
  readonly ratio: number;
}

export type Paint =
  | 'written'
  | 'cleared'
  | 'clearedNarrow'
  | 'allocated'
  | 'band'
  | 'bandTouched'
  | 'touched'
  | 'edge'
  | 'axis'
  | 'selected'
  | 'beyond'
  | 'background';

/** A rectangle in whole pixels of the screen. */
export interface Block {
  readonly paint: Paint;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Label {
  readonly text: string;
  readonly isTouched: boolean;
  /** It goes from `x` on as far as `width`, around the line `y`. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface Drawing {
  readonly blocks: readonly Block[];
  readonly labels: readonly Label[];
}

/** CSS pixels from the top. Written goes up from the axis, cleared goes down from it. */
export const PLACES = { band: 24, gap: 6, up: 56, axis: 1, down: 28, space: 6, allocated: 8 } as const;
export const MAP_HEIGHT = Object.values<number>(PLACES).reduce((sum, height) => sum + height);
const AXIS = PLACES.band + PLACES.gap + PLACES.up;
const ALLOCATED = MAP_HEIGHT - PLACES.allocated;
/** The least that a change is drawn, in CSS pixels: to be seen, not only to be there. */
const LEAST_WIDTH = 2;
const LEAST_HEIGHT = 5;
/** CSS pixels below which nobody sees that something is hatched. */
const HATCH_WIDTH = 6;
const FOOTER_WIDTH = 96;
const LABEL_ROOM = 24;
const ARROW = 6;

/** The map as rectangles and names. Whatever changed in view, be it one page of 8 TiB, is at least two CSS pixels wide and five high. */
export function drawingOf(scene: Scene, surface: Surface): Drawing {
  const blocks: Block[] = [];
  const labels: Label[] = [];
  drawBeyond(scene, surface, blocks);
  drawAreas(scene, surface, blocks, labels);
  if (scene.cells) drawCells(scene.cells, scene.view, surface, blocks);
  blocks.push(block('axis', 0, AXIS, surface.width / surface.ratio, PLACES.axis, surface));
  drawSelected(scene, surface, blocks);
  return { blocks, labels };
}

/** Height of a change in a cell, as a share of the most: a change of a thousandth of the cell is a quarter. */
export function heightOf(share: number): number {
  return share ** 0.2;
}

function drawCells({ edges, written, cleared, allocated }: Cells, view: MapView, surface: Surface, blocks: Block[]): void {
  let run = { end: 0, isNarrow: false };
  for (let i = firstIn(edges, view.start); i < edges.length - 1 && edges[i]! < view.end; i++) {
    const cell = { start: edges[i]!, end: edges[i + 1]! };
    const columns = columnsOf(view, cell, surface.width);
    if (!columns) continue;
    const { left, right } = columns;
    if (allocated[i]! > 0) {
      const height = Math.max(2, PLACES.allocated * allocated[i]!);
      blocks.push(column('allocated', left, right - left, ALLOCATED + PLACES.allocated - height, height, surface));
    }
    if (written[i]! > 0) {
      const height = Math.max(LEAST_HEIGHT, PLACES.up * heightOf(written[i]!));
      blocks.push(mark('written', left, right, AXIS - height, height, surface));
    }
    if (cleared[i]! > 0) {
      const height = Math.max(LEAST_HEIGHT, PLACES.down * heightOf(cleared[i]!));
      if (i >= run.end) run = clearedRun({ edges, cleared }, i, view, surface);
      blocks.push(mark(run.isNarrow ? 'clearedNarrow' : 'cleared', left, right, AXIS + PLACES.axis, height, surface));
    }
  }
}

/** The cells from `i` on that follow one another and hold something cleared: they are hatched as one, or not. */
function clearedRun({ edges, cleared }: Pick<Cells, 'edges' | 'cleared'>, i: number, view: MapView, surface: Surface) {
  let end = i + 1;
  while (end < cleared.length && cleared[end]! > 0 && edges[end]! < view.end) end++;
  const columns = columnsOf(view, { start: edges[i]!, end: edges[end]! }, surface.width);
  return { end, isNarrow: !columns || columns.right - columns.left < HATCH_WIDTH * surface.ratio };
}

function drawAreas({ areas, view }: Scene, surface: Surface, blocks: Block[], labels: Label[]): void {
  const footer = areas.find(({ kind }) => kind === 'footer');
  const footerAt = footer?.ranges[0] && columnsOf(view, footer.ranges[0], surface.width);
  const { ratio } = surface;
  const end = footer && footerAt ? Math.max(0, footerAt.right - FOOTER_WIDTH * ratio) : surface.width;
  for (const area of areas) {
    const range = area.ranges[0];
    const at = area.kind === 'partition' && range ? columnsOf(view, range, surface.width) : undefined;
    if (at) drawArea(area, at, Math.min(at.right, Math.max(end, at.left + ratio)), surface, blocks, labels);
  }
  if (footer && footerAt) drawArea(footer, { left: end, right: footerAt.right }, footerAt.right, surface, blocks, labels);
}

type Columns = NonNullable<ReturnType<typeof columnsOf>>;

function drawArea(area: Area, { left, right }: Columns, bandEnd: number, surface: Surface, blocks: Block[], labels: Label[]): void {
  const { ratio } = surface;
  const { isTouched, label: text } = area;
  const width = bandEnd - left;
  // The footer is too small for its name, which lies over the end of the last partition.
  if (area.kind === 'footer') blocks.push(column('background', left, width, 0, PLACES.band, surface));
  blocks.push(column(isTouched ? 'bandTouched' : 'band', left, width, 0, PLACES.band, surface));
  // Not by colour alone: a thick line under the name.
  if (isTouched) blocks.push(column('touched', left, width, PLACES.band - 3, 3, surface));
  blocks.push(column('edge', left, Math.round(ratio), 0, area.kind === 'footer' ? PLACES.band : MAP_HEIGHT, surface));
  if (area.kind !== 'footer' && right < surface.width) {
    blocks.push(column('edge', Math.max(left, right - Math.round(ratio)), Math.round(ratio), 0, MAP_HEIGHT, surface));
  }
  const room = width - 10 * ratio;
  if (room >= LABEL_ROOM * ratio) labels.push({ text, isTouched, x: left + 6 * ratio, y: ((PLACES.band - 2) / 2) * ratio, width: room });
}

/** Bytes that one of two images of different sizes does not have. */
function drawBeyond({ view, shorter }: Scene, surface: Surface, blocks: Block[]): void {
  const at = shorter === undefined ? undefined : columnsOf(view, { start: shorter, end: Infinity }, surface.width);
  if (at) blocks.push(column('beyond', at.left, at.right - at.left, PLACES.band, MAP_HEIGHT - PLACES.band, surface));
}

function drawSelected({ view, selected }: Scene, surface: Surface, blocks: Block[]): void {
  const at = selected && columnsOf(view, selected, surface.width);
  if (!at) return;
  const line = Math.max(1, Math.round(surface.ratio));
  const [left, right] = [Math.max(0, at.left - 2 * line), Math.min(surface.width, Math.max(at.right, at.left + 2 * line) + 2 * line)];
  const [top, bottom] = [PLACES.band + 1, ALLOCATED - 2];
  blocks.push(
    column('selected', left, line, top, bottom - top, surface),
    column('selected', right - line, line, top, bottom - top, surface),
    column('selected', left, right - left, bottom - 1, 1, surface),
  );
  // The head of an arrow: a line at the left or right end of the disk is soon overlooked.
  const middle = Math.round((left + right) / 2);
  for (let y = 0; y < ARROW; y++) {
    const half = Math.round((ARROW - y) * surface.ratio);
    blocks.push(column('selected', middle - half, 2 * half, top + y, 1, surface));
  }
}

/** A column that is wide enough to be seen, moved inwards at the right end. */
function mark(paint: Paint, left: number, right: number, y: number, height: number, surface: Surface): Block {
  const least = Math.min(surface.width, Math.round(LEAST_WIDTH * surface.ratio));
  const width = Math.max(least, right - left);
  return column(paint, Math.max(0, Math.min(left, surface.width - width)), width, y, height, surface);
}

/** `x` and `width` in pixels of the screen, `y` and `height` in CSS pixels. */
function column(paint: Paint, x: number, width: number, y: number, height: number, { ratio }: Surface): Block {
  const top = Math.round(y * ratio);
  return { paint, x, y: top, width, height: Math.max(1, Math.round((y + height) * ratio) - top) };
}

/** All in CSS pixels. */
function block(paint: Paint, x: number, y: number, width: number, height: number, surface: Surface): Block {
  return column(paint, Math.round(x * surface.ratio), Math.round(width * surface.ratio), y, height, surface);
}

/** The first cell that ends behind `offset`. */
export function firstIn(edges: Float64Array, offset: number): number {
  let [low, high] = [0, Math.max(0, edges.length - 1)];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle + 1]! > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

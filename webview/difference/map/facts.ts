import { changeText, offsetText, put, rangesText, type Voice } from '../voice.ts';
import { firstIn, type Area, type Cells } from './drawing.ts';
import type { MapView } from './mapView.ts';

/** What a stretch of the disk holds, in bytes. */
export interface Sum {
  readonly written: number;
  readonly cleared: number;
  readonly allocated: number;
}

/** Of the cells that lie in the range, in part at least. */
export function sumOf({ edges, written, cleared, allocated }: Cells, range: MapView): Sum {
  let [w, c, a] = [0, 0, 0];
  for (let i = firstIn(edges, range.start); i < edges.length - 1 && edges[i]! < range.end; i++) {
    const size = edges[i + 1]! - edges[i]!;
    w += pages(written[i]!, size);
    c += pages(cleared[i]!, size);
    a += pages(allocated[i]!, size);
  }
  return { written: w, cleared: c, allocated: a };
}

/** What stands at the pointer, line by line. */
export function factsAt(cells: Cells, areas: readonly Area[], offset: number, length: number, voice: Voice): string[] {
  const i = firstIn(cells.edges, offset);
  const cell = { start: cells.edges[i]!, end: cells.edges[i + 1]! };
  const { written, cleared, allocated } = sumOf(cells, cell);
  const size = cell.end - cell.start;
  return [
    `${offsetText(cell.start, length)} – ${offsetText(cell.end, length)} · ${voice.size(size)}`,
    areaNames(areas, cell, voice),
    changeText(written, cleared, voice),
    allocated === 0
      ? voice.words.notAllocated
      : allocated === size
        ? voice.words.allocated
        : put(voice.words.bytesAllocated, voice.size(allocated)),
  ].filter((line) => line !== '');
}

/** The view in a sentence, for those who listen. */
export function viewText(view: MapView, cells: Cells | undefined, areas: readonly Area[], length: number, voice: Voice): string {
  const place = `${put(voice.words.window, voice.size(view.end - view.start))}: ${offsetText(view.start, length)} – ${offsetText(view.end, length)}`;
  const { written, cleared } = cells ? sumOf(cells, view) : { written: 0, cleared: 0 };
  return [place, areaNames(areas, view, voice), cells && changeText(written, cleared, voice)].filter(Boolean).join('. ');
}

/** The map as a whole in a sentence: the table holds the rest. */
export function mapText(areas: readonly Area[], ranges: number, length: number, voice: Voice): string {
  const touched = areas.filter(({ isTouched }) => isTouched).map(({ label }) => label);
  const what = touched.length === 0 ? voice.words.nothingChanged : `${rangesText(ranges, voice)}: ${touched.join(', ')}`;
  return `${voice.words.map}, ${voice.size(length)}. ${what}`;
}

const MOST_NAMES = 3;

function areaNames(areas: readonly Area[], { start, end }: MapView, { words, count }: Voice): string {
  const named = areas.filter(({ ranges }) => ranges.some((range) => range.start < end && range.end > start)).map(({ name }) => name);
  const more = named.length - MOST_NAMES;
  return [...named.slice(0, MOST_NAMES), more > 0 ? put(words.andMore, count(more)) : ''].filter((name) => name !== '').join(', ');
}

/** A share is kept as one of few bits: the bytes are those of whole pages. */
function pages(share: number, size: number): number {
  return share === 0 ? 0 : Math.max(PAGE, Math.round((share * size) / PAGE) * PAGE);
}

const PAGE = 512;

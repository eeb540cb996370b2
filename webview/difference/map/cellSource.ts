import type { Cells } from './drawing.ts';
import { wholeDisk, type MapView } from './mapView.ts';

/** Gets cells of a stretch of the disk. @throws where they cannot be had */
export type AskCells = (view: MapView, cells: number) => Promise<Cells>;

/** Cells of the whole disk: for the overview, and for the map until finer ones have come. */
const OVERVIEW_CELLS = 2048;

/** The cells that the map is drawn from: always the finest that are there, and finer ones asked for, one ask at a time. */
export class CellSource {
  readonly #ask: AskCells;
  readonly #changed: () => void;
  #length = 0;
  #whole: Cells | undefined;
  #fine: { readonly cells: Cells; readonly asked: number } | undefined;
  #wanted: { readonly view: MapView; readonly columns: number } | undefined;
  #isAsking = false;
  /** Answers to asks of an earlier disk or version are not listened to. */
  #epoch = 0;

  constructor(ask: AskCells, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** Of the whole disk. */
  get whole(): Cells | undefined {
    return this.#whole;
  }

  /** Begins anew with a disk of so many bytes. */
  reset(length: number): void {
    this.#epoch++;
    this.#length = length;
    this.#whole = undefined;
    this.#fine = undefined;
    this.#wanted = undefined;
    this.#isAsking = false;
  }

  /** The best that is there for this view; what is better will come, and `changed` is called. */
  cellsFor(view: MapView, columns: number): Cells | undefined {
    this.#wanted = { view, columns };
    void this.#fetch();
    return this.#fine && covers(this.#fine.cells, view) ? this.#fine.cells : this.#whole;
  }

  async #fetch(): Promise<void> {
    if (this.#isAsking || !this.#wanted) return;
    const epoch = this.#epoch;
    const { view, columns } = this.#wanted;
    const next = this.#whole === undefined ? { range: wholeDisk(this.#length), cells: OVERVIEW_CELLS } : this.#finer(view, columns);
    if (!next) return;
    this.#isAsking = true;
    try {
      const cells = await this.#ask(next.range, next.cells);
      if (epoch !== this.#epoch) return;
      if (this.#whole === undefined) this.#whole = cells;
      else this.#fine = { cells, asked: (next.range.end - next.range.start) / next.cells };
    } catch {
      // What there is stays on the screen; the next movement asks again.
      if (epoch === this.#epoch) this.#isAsking = false;
      return;
    }
    this.#isAsking = false;
    this.#changed();
  }

  /** What to ask for, with as much beside the view as is in it, so that panning finds something; undefined where enough is there. */
  #finer(view: MapView, columns: number): { range: MapView; cells: number } | undefined {
    const size = view.end - view.start;
    const wanted = size / columns;
    const fine = this.#fine;
    if (fine && covers(fine.cells, view) && fine.asked <= wanted * 1.01 && fine.asked >= wanted / 2) return undefined;
    const range = { start: Math.max(0, view.start - size / 2), end: Math.min(wholeDisk(this.#length).end, view.end + size / 2) };
    return { range, cells: Math.min(16_384, Math.max(1, Math.ceil((range.end - range.start) / wanted))) };
  }
}

function covers({ edges }: Cells, view: MapView): boolean {
  return edges.length > 1 && edges[0]! <= view.start && edges.at(-1)! >= view.end;
}

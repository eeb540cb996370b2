import { h, render } from '../../shared/dom.ts';
import { put, type Voice } from '../voice.ts';
import { Canvas } from './canvas.ts';
import { CellSource, type AskCells } from './cellSource.ts';
import { onThemeChange } from './colours.ts';
import { drawingOf, MAP_HEIGHT, type Area } from './drawing.ts';
import { factsAt, mapText, viewText } from './facts.ts';
import { around, isWhole, offsetAt, panned, revealing, SMALLEST_VIEW, wholeDisk, zoomed, type MapView } from './mapView.ts';
import { OVERVIEW_HEIGHT, overviewOf, viewAt } from './overview.ts';
import { listen } from './gestures.ts';

export interface MapParts {
  readonly ask: AskCells;
  /** Somebody clicked at this byte. */
  readonly pick: (offset: number) => void;
  /** The map shows another part of the disk. */
  readonly moved: (view: MapView) => void;
  /** Says it to those who listen. */
  readonly say: (text: string) => void;
}

export interface MapDisk {
  readonly length: number;
  readonly areas: readonly Area[];
  readonly ranges: number;
  /** Bytes of the shorter image where the two differ in length. */
  readonly shorter: number | undefined;
  /** Bytes. */
  readonly written: number;
  readonly cleared: number;
}

const ZOOM = 2;
const PAN = 0.1;
const PAGE = 512;

/** The map of the disk with its overview and buttons: an element, and what it shows. */
export class DiskMap {
  readonly element = document.createElement('section');
  readonly #parts: MapParts;
  readonly #source: CellSource;
  readonly #map: Canvas;
  readonly #overview: Canvas;
  readonly #frame = document.createElement('div');
  readonly #tip = document.createElement('div');
  readonly #bar = document.createElement('div');
  #disk: MapDisk = { length: 0, areas: [], ranges: 0, shorter: undefined, written: 0, cleared: 0 };
  #view: MapView = wholeDisk(0);
  #selected: MapView | undefined;
  #unpanned = 0;
  #voice: Voice | undefined;

  constructor(parts: MapParts) {
    this.#parts = parts;
    this.#source = new CellSource(parts.ask, () => this.#redraw());
    this.#map = new Canvas(MAP_HEIGHT, (surface) => drawingOf(this.#scene(surface.width / surface.ratio), surface));
    this.#overview = new Canvas(OVERVIEW_HEIGHT, (surface) => ({
      blocks: overviewOf(this.#source.whole, this.#view, this.#disk.length, surface),
      labels: [],
    }));
    this.#build();
    onThemeChange(() => this.#redraw());
  }

  get view(): MapView {
    return this.#view;
  }

  /** Shows a disk; one of the same length keeps the view. */
  show(disk: MapDisk, view: MapView | undefined, voice: Voice): void {
    this.#voice = voice;
    const before = this.#disk;
    const isOtherDisk = disk.length !== before.length;
    this.#disk = disk;
    if (isOtherDisk) this.#view = view && view.end <= disk.length && view.start < view.end ? view : wholeDisk(disk.length);
    const isSame = disk.ranges === before.ranges && disk.written === before.written && disk.cleared === before.cleared;
    if (isOtherDisk || !isSame) this.#source.reset(disk.length);
    this.#frame.setAttribute('aria-label', mapText(disk.areas, disk.ranges, disk.length, voice));
    this.#redraw();
  }

  /** Outlines a range and brings it into view. */
  select(range: MapView | undefined): void {
    this.#selected = range;
    if (range) this.#go(revealing(this.#view, this.#disk.length, range));
    else this.#redraw();
  }

  /** Shows these bytes as large as there is room for. */
  zoomTo(range: MapView): void {
    this.#go(around(range, this.#disk.length), true);
  }

  #scene(columns: number) {
    const { areas, shorter } = this.#disk;
    return { view: this.#view, cells: this.#source.cellsFor(this.#view, columns), areas, selected: this.#selected, shorter };
  }

  #build(): void {
    const { element } = this;
    element.className = 'map';
    this.#frame.className = 'frame';
    this.#frame.tabIndex = 0;
    // Its keys are its own, and its picture has words beside it.
    this.#frame.setAttribute('role', 'application');
    this.#frame.setAttribute('aria-describedby', 'map-keys');
    this.#map.element.className = 'disk';
    this.#overview.element.className = 'overview';
    for (const canvas of [this.#map.element, this.#overview.element]) canvas.setAttribute('aria-hidden', 'true');
    this.#tip.className = 'tip';
    this.#tip.hidden = true;
    this.#tip.setAttribute('aria-hidden', 'true');
    this.#bar.className = 'map-bar';
    this.#frame.append(this.#map.element, this.#tip);
    element.append(this.#frame, this.#overview.element, this.#bar);
    listen(this.#map.element, {
      zoom: (factor, x, width) => this.#go(zoomed(this.#view, this.#disk.length, factor, offsetAt(this.#view, x, width))),
      pan: (pixels, width) => this.#pan((pixels / width) * (this.#view.end - this.#view.start)),
      pick: (x, width) => this.#parts.pick(offsetAt(this.#view, x, width)),
      hover: (x, width) => this.#showTip(x, width),
    });
    listen(this.#overview.element, {
      zoom: (factor) => this.#zoom(factor),
      point: (x, width) => this.#go(viewAt(this.#view, this.#disk.length, x, width)),
    });
    this.#frame.addEventListener('keydown', (event) => this.#key(event));
    this.#renderBar();
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { length } = this.#disk;
    const size = this.#view.end - this.#view.start;
    const keys: Record<string, () => MapView> = {
      '+': () => this.#zoomedBy(1 / ZOOM),
      '=': () => this.#zoomedBy(1 / ZOOM),
      '-': () => this.#zoomedBy(ZOOM),
      '0': () => wholeDisk(length),
      ArrowLeft: () => panned(this.#view, length, -size * PAN),
      ArrowRight: () => panned(this.#view, length, size * PAN),
      PageUp: () => panned(this.#view, length, -size),
      PageDown: () => panned(this.#view, length, size),
      Home: () => panned(this.#view, length, -length),
      End: () => panned(this.#view, length, length),
    };
    const move = keys[event.key];
    if (!move) return;
    event.preventDefault();
    this.#go(move(), true);
  }

  #zoom(factor: number): void {
    this.#go(this.#zoomedBy(factor), true);
  }

  /** What is less than a page is kept for the next time. */
  #pan(bytes: number): void {
    const wanted = bytes + this.#unpanned;
    const pages = Math.trunc(wanted / PAGE) * PAGE;
    this.#unpanned = wanted - pages;
    this.#go(panned(this.#view, this.#disk.length, pages));
  }

  /** Around what is selected where that is in view, else around the middle. */
  #zoomedBy(factor: number): MapView {
    const { start, end } = this.#view;
    const selected = this.#selected;
    const isInView = selected && selected.start < end && selected.end > start;
    const at = isInView ? (Math.max(start, selected.start) + Math.min(end, selected.end)) / 2 : (start + end) / 2;
    return zoomed(this.#view, this.#disk.length, factor, at);
  }

  #go(view: MapView, aloud = false): void {
    this.#view = view;
    this.#tip.hidden = true;
    this.#parts.moved(view);
    this.#redraw();
    const { areas, length } = this.#disk;
    const cells = this.#source.cellsFor(view, this.#map.element.clientWidth);
    if (aloud && this.#voice) this.#parts.say(viewText(view, cells, areas, length, this.#voice));
  }

  #redraw(): void {
    this.#map.redraw();
    this.#overview.redraw();
    this.#renderBar();
  }

  #renderBar(): void {
    if (!this.#voice) return;
    const { words, size } = this.#voice;
    const { length, shorter } = this.#disk;
    const isAll = isWhole(this.#view, length);
    const swatch = (name: string, text: string) => h('span', { class: 'key' }, h('span', { class: `swatch ${name}` }), text);
    const tool = (name: string, sign: string, title: string, isOff: boolean, press: () => void) =>
      h(
        'button',
        {
          key: name,
          class: 'tool',
          type: 'button',
          'aria-label': title,
          title,
          'aria-disabled': isOff ? 'true' : undefined,
          onclick: press,
        },
        sign,
      );
    render(
      this.#bar,
      h(
        'span',
        { class: 'legend' },
        swatch('written', words.written),
        swatch('cleared', words.cleared),
        swatch('allocated', words.allocated),
        shorter !== undefined && swatch('beyond', words.beyond),
      ),
      h('span', { class: 'spring' }),
      h('span', { class: 'window' }, isAll ? words.wholeDisk : put(words.window, size(this.#view.end - this.#view.start))),
      h(
        'span',
        { class: 'tools' },
        tool('out', '−', words.zoomOut, isAll, () => this.#zoom(ZOOM)),
        tool('in', '+', words.zoomIn, this.#view.end - this.#view.start <= SMALLEST_VIEW, () => this.#zoom(1 / ZOOM)),
        tool('all', '↔', words.wholeDisk, isAll, () => this.#go(wholeDisk(length), true)),
      ),
      h('span', { id: 'map-keys', class: 'heard' }, words.mapKeys),
    );
  }

  #showTip(x: number | undefined, width: number): void {
    const cells = x === undefined ? undefined : this.#source.cellsFor(this.#view, width);
    this.#tip.hidden = !cells || cells.edges.length < 2;
    if (x === undefined || !cells || this.#tip.hidden || !this.#voice) return;
    const lines = factsAt(cells, this.#disk.areas, offsetAt(this.#view, x, width), this.#disk.length, this.#voice);
    render(this.#tip, ...lines.map((line, i) => h('div', { key: String(i) }, line)));
    const room = width - this.#tip.offsetWidth;
    this.#tip.style.transform = `translateX(${Math.max(0, Math.min(x + 12, room))}px)`;
  }
}

import type { DifferenceAsk, PairView, ReadyState, RowFilter, RowSort } from '../../src/messages/difference.ts';
import { render } from '../shared/dom.ts';
import { filterBar } from './filterBar.ts';
import { heading } from './heading.ts';
import { answerTo, type KeptPair, type Line } from './kept.ts';
import { DiskMap } from './map/diskMap.ts';
import type { MapView } from './map/mapView.ts';
import { mapDiskOf } from './mapDisk.ts';
import { rowWords } from './rowWords.ts';
import { stateNotice } from './stateNotice.ts';
import { ChangeTable } from './table/changeTable.ts';
import { RowCache, type Row } from './table/rowCache.ts';
import { voiceOf, type Voice } from './voice.ts';

/** The difference of two images: what is above the map, the map, what is between, and the table. */
export class PairPage {
  readonly #line: Line;
  readonly #top = part('header', 'top');
  readonly #filters = part('div', 'filters');
  readonly #empty = part('p', 'no-rows quiet');
  readonly #speech = part('div', 'heard');
  readonly #trouble = part('p', 'trouble');
  readonly #keys = part('div', 'heard');
  readonly #map: DiskMap;
  readonly #table: ChangeTable;
  readonly #rows: RowCache;
  #view: PairView | undefined;
  #voice: Voice | undefined;
  #filter: RowFilter = {};
  #sort: RowSort = { by: 'offset', descending: false };
  #passed: { readonly rows: number; readonly bytes: number } | undefined;
  /** Where the next and the previous change are looked for from. */
  #at: { readonly start: number; readonly end: number } | undefined;
  #keptView: MapView | undefined;
  #steps: Promise<void> = Promise.resolve();
  #keptRow = 0;

  constructor(main: Element, line: Line) {
    this.#line = line;
    const kept = line.getKept();
    if (kept) {
      this.#filter = kept.filter;
      this.#sort = kept.sort;
      this.#keptView = kept.view;
      this.#keptRow = kept.row;
    }
    this.#rows = new RowCache(
      (from, count) => this.#askRows(from, count),
      () => this.#table.redraw(),
    );
    this.#map = new DiskMap({
      ask: (view, cells) => answerTo(line, { type: 'map', start: view.start, end: view.end, cells }),
      pick: (offset) => void this.#find('nearest', offset),
      moved: () => this.#keep(),
      say: (text) => this.#say(text),
    });
    this.#table = new ChangeTable({
      rows: this.#rows,
      activate: (row) => this.#activate(row),
      open: (row) => this.#open(row),
      look: (row) => void this.#look(row),
      sort: (sort) => this.#choose(this.#filter, sort),
    });
    this.#speech.setAttribute('role', 'status');
    this.#trouble.setAttribute('role', 'alert');
    this.#keys.id = 'table-keys';
    main.className = 'pair-page';
    main.replaceChildren(
      this.#top,
      this.#map.element,
      this.#filters,
      this.#trouble,
      this.#table.element,
      this.#empty,
      this.#keys,
      this.#speech,
    );
    document.addEventListener('keydown', (event) => this.#key(event));
  }

  show(view: PairView): void {
    const before = this.#ready;
    this.#view = view;
    this.#voice = voiceOf(view.words, view.locale);
    const ready = this.#ready;
    document.title = `${view.title}: ${view.before.label} → ${view.after.label}`;
    if (ready && ready.version !== before?.version) {
      if (ready.areas[this.#filter.area ?? 0] === undefined) this.#filter = { ...this.#filter, area: undefined };
      this.#rows.refresh();
    }
    this.#draw();
  }

  get #ready(): ReadyState | undefined {
    return this.#view?.state.kind === 'ready' ? this.#view.state : undefined;
  }

  #draw(): void {
    const [view, voice, ready] = [this.#view, this.#voice, this.#ready];
    if (!view || !voice) return;
    const ask = (what: DifferenceAsk): void => void this.#tell(what);
    render(this.#top, ...heading(view, voice, ask), ...stateNotice(view.state, voice, ask));
    this.#map.element.hidden = !ready || ready.length === 0;
    const isTable = ready !== undefined && ready.ranges > 0;
    for (const element of [this.#filters, this.#table.element]) element.hidden = !isTable;
    const noRows = isTable && this.#passed?.rows === 0;
    this.#empty.hidden = !noRows;
    this.#empty.textContent = noRows ? voice.words.noRows : '';
    this.#keys.textContent = voice.words.tableKeys;
    if (!ready) return;
    this.#map.show(mapDiskOf(ready, voice), this.#keptView, voice);
    if (!isTable) return;
    const choose = (filter: RowFilter): void => this.#choose(filter, this.#sort);
    const step = (which: 'next' | 'previous'): void => void this.#step(which);
    render(this.#filters, ...filterBar({ state: ready, filter: this.#filter, passed: this.#passed, choose, step, ask }, voice));
    this.#table.show(this.#passed?.rows ?? ready.ranges, this.#sort, voice, rowWords(ready, voice));
  }

  #choose(filter: RowFilter, sort: RowSort): void {
    this.#filter = filter;
    this.#sort = sort;
    this.#keptRow = 0;
    this.#forgetRows();
    this.#table.reveal(0);
    this.#keep();
    this.#draw();
  }

  #forgetRows(): void {
    this.#rows.clear();
    this.#passed = undefined;
  }

  async #askRows(from: number, count: number) {
    const { version } = this.#ready!;
    const answer = await answerTo(this.#line, { type: 'rows', filter: this.#filter, sort: this.#sort, from, count });
    if (this.#ready?.version === version && answer.total !== this.#passed?.rows) {
      this.#passed = { rows: answer.total, bytes: answer.bytes };
      this.#draw();
      if (this.#keptRow > 0) this.#table.reveal(this.#keptRow);
      this.#keptRow = 0;
    }
    return answer;
  }

  #activate(row: number): void {
    const content = this.#rows.row(row);
    this.#select(content);
    this.#keep();
  }

  #select(range: { readonly start: number; readonly end: number } | undefined): void {
    this.#at = range;
    this.#map.select(range);
  }

  #open(row: number): void {
    const content = this.#rows.row(row);
    if (content) void this.#tell({ type: 'bytes', row: content.id, offset: content.start });
  }

  async #look(row: number): Promise<void> {
    const content: Row | undefined = this.#rows.row(row);
    if (!content || this.#ready?.real.kind === 'notNeeded') return;
    await this.#try(async () => {
      const { changed } = await answerTo(this.#line, { type: 'real', row: content.id });
      this.#rows.learn(content.id, changed);
      this.#table.redraw();
      if (this.#voice && this.#ready) this.#say(rowWords(this.#ready, this.#voice).real({ ...content, really: changed }));
    });
  }

  /** One after the other: each begins where the one before ended. */
  async #step(which: 'next' | 'previous'): Promise<void> {
    this.#steps = this.#steps.then(() => this.#stepNow(which));
    await this.#steps;
  }

  async #stepNow(which: 'next' | 'previous'): Promise<void> {
    const offset = this.#at?.start ?? (which === 'next' ? this.#map.view.start - 1 : this.#map.view.end);
    // Nothing lies before the disk; the change at its very start is the one nearest to it.
    await (offset < 0 ? this.#find('nearest', 0) : this.#find(which, offset));
  }

  async #find(which: 'next' | 'previous' | 'nearest', offset: number): Promise<void> {
    await this.#try(async () => {
      const found = await answerTo(this.#line, { type: 'find', which, offset, filter: this.#filter, sort: this.#sort });
      const [ready, voice] = [this.#ready, this.#voice];
      if (!ready || !voice) return;
      if (found.at === undefined) {
        this.#say(voice.words.noFurther);
        return;
      }
      this.#table.reveal(found.at);
      this.#select(found);
      this.#keep();
      this.#say(rowWords(ready, voice).range(found));
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#ready || this.#ready.ranges === 0) return;
    if ((event.target as Element).closest('select, input, textarea, [role=menu]')) return;
    const isNext = (event.key === 'F7' && !event.shiftKey) || event.key.toLowerCase() === 'n';
    const isPrevious = (event.key === 'F7' && event.shiftKey) || event.key.toLowerCase() === 'p';
    if (!isNext && !isPrevious) return;
    event.preventDefault();
    void this.#step(isNext ? 'next' : 'previous');
  }

  async #tell(ask: DifferenceAsk): Promise<void> {
    await this.#try(async () => void (await this.#line.ask(ask)));
  }

  /** A refusal is told until something else is done. */
  async #try(work: () => Promise<void>): Promise<void> {
    this.#trouble.textContent = '';
    try {
      await work();
    } catch (error) {
      this.#trouble.textContent = (error as Error).message;
    }
  }

  #say(text: string): void {
    this.#speech.textContent = text;
  }

  #keep(): void {
    const kept: KeptPair = { view: this.#map.view, filter: this.#filter, sort: this.#sort, row: this.#table.active };
    this.#line.keep(kept);
  }
}

function part(tag: string, className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

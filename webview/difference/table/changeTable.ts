import type { RowSort } from '../../../src/messages/difference.ts';
import { h, render } from '../../shared/dom.ts';
import { put, type Voice } from '../voice.ts';
import type { RowWords } from '../rowWords.ts';
import type { RowCache } from './rowCache.ts';
import { RowLine } from './rowLine.ts';
import { elementHeight, lastTop, rowsAt, rowsInView, scrollTopOf, topAfter, topToShow, type Tall } from './rowWindow.ts';

export interface TableParts {
  readonly rows: RowCache;
  /** The active row is another one: by keys or by a click. */
  readonly activate: (row: number) => void;
  /** Enter or a click. */
  readonly open: (row: number) => void;
  /** Look what of the row really differs. */
  readonly look: (row: number) => void;
  readonly sort: (sort: RowSort) => void;
}

/** CSS pixels; also in difference.css. */
const ROW_HEIGHT = 22;
const HEAD_HEIGHT = 26;
const COLUMNS = ['offset', 'length', 'area', 'kind', 'real'] as const;

/** A table of any number of rows, of which those on the screen exist. One stop for the keyboard; the arrows move within. */
export class ChangeTable {
  readonly element = document.createElement('div');
  readonly #parts: TableParts;
  readonly #head = document.createElement('div');
  readonly #tall = document.createElement('div');
  readonly #pane = document.createElement('div');
  readonly #body = document.createElement('div');
  #lines: RowLine[] = [];
  #rows = 0;
  #active = 0;
  #sort: RowSort = { by: 'offset', descending: false };
  /** Where in the list it is, in pixels of the whole list. */
  #top = 0;
  /** The element's `scrollTop` that belongs to it. */
  #scrolled = 0;
  #isDue = false;
  #words: RowWords | undefined;

  constructor(parts: TableParts) {
    this.#parts = parts;
    this.#build();
  }

  /** The active row; 0 in an empty table too. */
  get active(): number {
    return this.#active;
  }

  /** Other rows, another order, or other words. */
  show(rows: number, sort: RowSort, voice: Voice, words: RowWords): void {
    this.#rows = rows;
    this.#sort = sort;
    this.#words = words;
    this.element.setAttribute('aria-label', voice.words.table);
    this.#active = Math.min(this.#active, Math.max(0, rows - 1));
    this.element.setAttribute('aria-rowcount', String(rows + 1));
    this.#renderHead(voice);
    this.#fit();
  }

  /** Makes a row the active one and brings it into view. */
  reveal(row: number): void {
    this.#active = Math.max(0, Math.min(row, this.#rows - 1));
    this.#goTo(topToShow(this.#shape, this.#top, this.#active));
  }

  focus(): void {
    this.element.focus();
  }

  /** Rows have come, or what they say has changed. */
  redraw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  #fit(): void {
    const shape = this.#shape;
    this.#tall.style.height = `${elementHeight(shape)}px`;
    this.#pane.style.height = `${Math.min(shape.viewHeight, elementHeight(shape))}px`;
    this.#goTo(Math.min(this.#top, lastTop(shape)));
  }

  get #shape(): Tall {
    return { rows: this.#rows, rowHeight: ROW_HEIGHT, viewHeight: Math.max(ROW_HEIGHT, this.element.clientHeight - HEAD_HEIGHT) };
  }

  #build(): void {
    const { element } = this;
    element.className = 'table';
    element.tabIndex = 0;
    element.setAttribute('role', 'grid');
    element.setAttribute('aria-readonly', 'true');
    element.setAttribute('aria-describedby', 'table-keys');
    element.setAttribute('aria-colcount', String(COLUMNS.length));
    this.#head.className = 'head';
    this.#head.setAttribute('role', 'rowgroup');
    this.#tall.className = 'tall';
    this.#pane.className = 'pane';
    for (const layer of [this.#tall, this.#pane]) layer.setAttribute('role', 'presentation');
    this.#body.className = 'body';
    this.#body.setAttribute('role', 'rowgroup');
    this.#pane.append(this.#body);
    this.#tall.append(this.#pane);
    element.append(this.#head, this.#tall);
    element.addEventListener('scroll', () => this.#scroll(), { passive: true });
    element.addEventListener('scrollend', () => this.#settle());
    element.addEventListener('keydown', (event) => this.#key(event));
    element.addEventListener('focus', () => this.redraw());
    this.#body.addEventListener('click', (event) => this.#click(event));
    new ResizeObserver(() => this.#fit()).observe(element);
  }

  #scroll(): void {
    const to = this.element.scrollTop;
    if (to === this.#scrolled) return;
    this.#top = topAfter(this.#shape, this.#top, this.#scrolled, to);
    this.#scrolled = to;
    this.redraw();
  }

  /** Puts the bar where it belongs after a wheel has moved a list that is taller than its element. */
  #settle(): void {
    const wanted = Math.round(scrollTopOf(this.#shape, this.#top));
    if (Math.abs(wanted - this.element.scrollTop) < 1) return;
    this.#scrolled = wanted;
    this.element.scrollTop = wanted;
  }

  #goTo(top: number): void {
    this.#top = top;
    this.#settle();
    this.#scrolled = this.element.scrollTop;
    this.redraw();
  }

  #draw(): void {
    const { rows } = this.#parts;
    const words = this.#words;
    if (!words) return;
    const shape = this.#shape;
    const { start, end } = rowsAt(shape, this.#top);
    rows.want(start, end, this.#rows);
    const count = Math.min(this.#rows, rowsInView(shape) + 2);
    while (this.#lines.length > count) this.#lines.pop()!.element.remove();
    while (this.#lines.length < count) {
      const line = new RowLine();
      this.#lines.push(line);
      this.#body.append(line.element);
    }
    this.#rotate(start);
    for (const [i, line] of this.#lines.entries()) {
      const row = start + i;
      line.element.style.transform = `translateY(${Math.round(row * ROW_HEIGHT - this.#top)}px)`;
      line.show(row, rows.row(row), { isThere: row < this.#rows, isActive: row === this.#active, words });
    }
    const isSeen = this.#active >= start && this.#active < Math.min(this.#rows, start + count);
    if (isSeen) this.element.setAttribute('aria-activedescendant', RowLine.idOf(this.#active));
    else this.element.removeAttribute('aria-activedescendant');
  }

  /** Lines that have left at one end come in at the other, so that the others keep their rows, and stand in the document as they are seen. */
  #rotate(start: number): void {
    const by = start - (this.#lines[0]?.row ?? start);
    if (Math.abs(by) >= this.#lines.length) return;
    for (let i = 0; i < by; i++) {
      const line = this.#lines.shift()!;
      this.#lines.push(line);
      this.#body.append(line.element);
    }
    for (let i = 0; i > by; i--) {
      const line = this.#lines.pop()!;
      this.#lines.unshift(line);
      this.#body.prepend(line.element);
    }
  }

  #renderHead({ words }: Voice): void {
    const titles = { offset: words.offset, length: words.length, area: words.partition, kind: words.kind, real: words.really };
    const cells = COLUMNS.map((name, i) => {
      const attributes = { key: name, role: 'columnheader', class: `cell ${name}`, 'aria-colindex': i + 1 };
      if (name !== 'offset' && name !== 'length') return h('div', attributes, titles[name]);
      const isSorted = this.#sort.by === name;
      const order = isSorted ? (this.#sort.descending ? 'descending' : 'ascending') : 'none';
      const sign = isSorted ? (this.#sort.descending ? ' ▼' : ' ▲') : '';
      const press = (): void => this.#parts.sort({ by: name, descending: isSorted ? !this.#sort.descending : name === 'length' });
      return h(
        'div',
        { ...attributes, 'aria-sort': order },
        h(
          'button',
          { type: 'button', title: put(words.sortBy, titles[name]), onclick: press },
          titles[name],
          h('span', { 'aria-hidden': 'true' }, sign),
        ),
      );
    });
    render(this.#head, h('div', { role: 'row', class: 'row', 'aria-rowindex': 1 }, ...cells));
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey || this.#rows === 0) return;
    const page = rowsInView(this.#shape);
    const moves: Record<string, number> = {
      ArrowUp: this.#active - 1,
      ArrowDown: this.#active + 1,
      PageUp: this.#active - page,
      PageDown: this.#active + page,
      Home: 0,
      End: this.#rows - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      this.reveal(to);
      this.#parts.activate(this.#active);
    } else if (event.key === 'Enter') this.#parts.open(this.#active);
    else if (event.key === 'r' || event.key === 'R') this.#parts.look(this.#active);
    else return;
    event.preventDefault();
  }

  #click(event: MouseEvent): void {
    const target = event.target as Element;
    const line = this.#lines.find(({ element }) => element.contains(target));
    if (line?.row === undefined) return;
    this.#active = line.row;
    this.#parts.activate(line.row);
    if (target.closest('button')) this.#parts.look(line.row);
    else this.#parts.open(line.row);
    this.redraw();
  }
}

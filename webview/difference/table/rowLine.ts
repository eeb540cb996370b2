import type { RowWords } from '../rowWords.ts';
import type { Row } from './rowCache.ts';

interface Standing {
  /** False: the list ends above. */
  readonly isThere: boolean;
  readonly isActive: boolean;
  readonly words: RowWords;
}

const CELLS = ['offset', 'length', 'area', 'kind', 'real'] as const;

/** One line of the table, which stands for one row after another. */
export class RowLine {
  readonly element = document.createElement('div');
  readonly #cells = new Map<(typeof CELLS)[number], HTMLElement>();
  readonly #look = document.createElement('button');
  #row: number | undefined;

  constructor() {
    this.element.className = 'row';
    this.element.setAttribute('role', 'row');
    for (const [i, name] of CELLS.entries()) {
      const cell = document.createElement('div');
      cell.className = `cell ${name}`;
      cell.setAttribute('role', 'gridcell');
      cell.setAttribute('aria-colindex', String(i + 1));
      this.#cells.set(name, cell);
      this.element.append(cell);
    }
    this.#look.type = 'button';
    this.#look.tabIndex = -1;
  }

  static idOf(row: number): string {
    return `row-${row}`;
  }

  /** Undefined below the end of the list. */
  get row(): number | undefined {
    return this.#row;
  }

  /** @param content undefined while it has not come */
  show(row: number, content: Row | undefined, { isThere, isActive, words }: Standing): void {
    const { element } = this;
    this.#row = isThere ? row : undefined;
    element.hidden = !isThere;
    if (!isThere) return;
    set(element, 'id', RowLine.idOf(row));
    set(element, 'aria-rowindex', String(row + 2));
    set(element, 'aria-selected', String(isActive));
    set(element, 'aria-busy', String(content === undefined));
    set(element, 'data-kind', content?.kind ?? '');
    for (const name of CELLS) {
      const cell = this.#cells.get(name)!;
      const text = content ? words[name](content) : name === 'offset' ? '…' : '';
      const hasButton = name === 'real' && content !== undefined && text === '' && words.look !== '';
      if (hasButton) {
        if (this.#look.textContent !== words.look) this.#look.textContent = words.look;
        if (this.#look.parentNode !== cell) cell.replaceChildren(this.#look);
      } else if (cell.textContent !== text || this.#look.parentNode === cell) cell.textContent = text;
    }
  }
}

function set(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

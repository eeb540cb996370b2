import type { ReadyState } from '../../src/messages/difference.ts';
import type { Row } from './table/rowCache.ts';
import { offsetText, put, type Voice } from './voice.ts';

const PAGE = 512;

/** What is written in the cells of a row. */
export interface RowWords {
  readonly offset: (row: Row) => string;
  readonly length: (row: Row) => string;
  readonly area: (row: Row) => string;
  readonly kind: (row: Row) => string;
  /** Empty where nobody has looked: then there is a button. */
  readonly real: (row: Row) => string;
  /** Of the button; empty where there is none. */
  readonly look: string;
}

/** What the cells of a row say, and a range alone in a sentence. */
export function rowWords(
  { length, areas, real }: ReadyState,
  { words, size, count }: Voice,
): RowWords & { readonly range: (range: { readonly start: number; readonly end: number }) => string } {
  const signs = { written: `▲ ${words.written}`, cleared: `▽ ${words.cleared}`, both: `◆ ${words.both}` };
  return {
    offset: ({ start }) => offsetText(start, length),
    length: ({ start, end }) => size(end - start),
    area: ({ area }) => areas[area]?.name ?? '–',
    kind: ({ kind }) => signs[kind],
    real({ really, start, end }) {
      if (really === undefined) return real.kind === 'notNeeded' ? '–' : '';
      return really === 0 ? words.equal : put(words.pagesDiffer, count(really), count((end - start) / PAGE));
    },
    look: words.checkRow,
    range: ({ start, end }) => `${offsetText(start, length)}, ${size(end - start)}`,
  };
}

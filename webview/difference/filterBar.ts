import type { DifferenceAsk, ReadyState, RowFilter } from '../../src/messages/difference.ts';
import { h, type Part } from '../shared/dom.ts';
import { menu } from './menu.ts';
import { put, rangesText, type Voice } from './voice.ts';

export interface FilterScene {
  readonly state: ReadyState;
  readonly filter: RowFilter;
  /** Rows and bytes that pass it; undefined until that is known. */
  readonly passed: { readonly rows: number; readonly bytes: number } | undefined;
  readonly choose: (filter: RowFilter) => void;
  readonly step: (which: 'next' | 'previous') => void;
  readonly ask: (ask: DifferenceAsk) => void;
}

const KiB = 1024;
/** Smallest sizes to choose from, in bytes. */
const SIZES = [4 * KiB, 64 * KiB, KiB ** 2, 16 * KiB ** 2, 256 * KiB ** 2, KiB ** 3];

/** Which rows, to the change before and after, and what else can be done with them. */
export function filterBar({ state, filter, passed, choose, step, ask }: FilterScene, voice: Voice): Part[] {
  const { words, size, count } = voice;
  const touched = state.areas.flatMap(({ name, written, cleared }, at) => (written + cleared > 0 ? [{ name, at }] : []));
  const shown =
    passed === undefined
      ? ''
      : `${passed.rows === state.ranges ? rangesText(state.ranges, voice) : put(words.rangesOf, count(passed.rows), count(state.ranges))} · ${size(passed.bytes)}`;
  return [
    select(
      'kind',
      words.kind,
      filter.kind ?? '',
      [
        ['', words.everyKind],
        ['written', words.written],
        ['cleared', words.cleared],
      ],
      (value) => choose({ ...filter, kind: value === 'written' || value === 'cleared' ? value : undefined }),
    ),
    select(
      'area',
      words.partition,
      String(filter.area ?? ''),
      [['', words.everyPartition], ...touched.map(({ name, at }): [string, string] => [String(at), name])],
      (value) => choose({ ...filter, area: value === '' ? undefined : Number(value) }),
    ),
    select(
      'size',
      words.length,
      String(filter.atLeast ?? ''),
      [['', words.everySize], ...SIZES.map((bytes): [string, string] => [String(bytes), put(words.atLeast, size(bytes))])],
      (value) => choose({ ...filter, atLeast: value === '' ? undefined : Number(value) }),
    ),
    h('span', { key: 'shown', class: 'quiet', role: 'status' }, shown),
    h('span', { key: 'spring', class: 'spring' }),
    tool('previous', '◀', words.previousChange, 'Shift+F7, P', () => step('previous')),
    tool('next', '▶', words.nextChange, 'F7, N', () => step('next')),
    menu(words.export, [
      { text: words.exportJson, press: () => ask({ type: 'export', format: 'json', filter }) },
      { text: words.exportCsv, press: () => ask({ type: 'export', format: 'csv', filter }) },
      { text: words.exportSummary, press: () => ask({ type: 'export', format: 'markdown', filter }) },
    ]),
  ];
}

function select(
  key: string,
  name: string,
  value: string,
  choices: readonly (readonly [value: string, text: string])[],
  change: (value: string) => void,
): Part {
  const options = choices.map(([choice, text]) => h('option', { key: choice, value: choice, selected: choice === value }, text));
  const onchange = (event: Event): void => change((event.currentTarget as HTMLSelectElement).value);
  return h('select', { key: `filter ${key}`, id: `filter-${key}`, 'aria-label': name, title: name, onchange }, ...options);
}

function tool(key: string, sign: string, title: string, keys: string, press: () => void): Part {
  const attributes = { key, class: 'tool', type: 'button', 'aria-label': title, title: `${title} (${keys})`, onclick: press };
  return h('button', attributes, h('span', { 'aria-hidden': 'true' }, sign));
}

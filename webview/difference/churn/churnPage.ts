import type { ChurnReadyState, ChurnView, DifferenceAsk } from '../../../src/messages/difference.ts';
import { h, render, type Part } from '../../shared/dom.ts';
import { glyph } from '../../shared/glyphs.ts';
import { spinner } from '../../shared/glyphs.ts';
import { button } from '../../shared/toolkit.ts';
import type { Line } from '../kept.ts';
import { failure } from '../stateNotice.ts';
import { voiceOf, type Voice } from '../voice.ts';
import { churnChart } from './churnChart.ts';

/** How much changed from one recovery point of a chain to the next: as bars, and the same as a table. */
export class ChurnPage {
  readonly #main: Element;
  readonly #line: Line;
  #view: ChurnView | undefined;
  #trouble = '';
  #isShown = false;

  constructor(main: Element, line: Line) {
    this.#main = main;
    this.#line = line;
    main.className = 'churn-page';
    main.replaceChildren();
  }

  show(view: ChurnView): void {
    this.#view = view;
    document.title = view.title;
    this.#draw();
    if (view.state.kind !== 'ready' || this.#isShown) return;
    // The newest are at the right end.
    this.#isShown = true;
    const chart = this.#main.querySelector('.chart');
    if (chart) chart.scrollLeft = chart.scrollWidth;
  }

  #draw(): void {
    if (!this.#view) return;
    const { title, detail, state, words, locale } = this.#view;
    const voice = voiceOf(words, locale);
    const ask = (what: DifferenceAsk): void => void this.#tell(what);
    render(
      this.#main,
      h('h1', {}, title),
      h('p', { key: 'detail', class: 'quiet' }, detail),
      h('p', { key: 'trouble', class: 'trouble', role: 'alert' }, this.#trouble),
      state.kind === 'loading' && h('section', { key: 'loading', class: 'notice' }, h('p', { class: 'what' }, spinner(), state.text)),
      state.kind === 'failed' && failure(state, voice, ask),
      state.kind === 'ready' && content(state, voice, ask),
    );
  }

  async #tell(ask: DifferenceAsk): Promise<void> {
    this.#trouble = '';
    try {
      await this.#line.ask(ask);
    } catch (error) {
      this.#trouble = (error as Error).message;
    }
    this.#draw();
  }
}

function content(state: ChurnReadyState, voice: Voice, ask: (ask: DifferenceAsk) => void): Part[] {
  const { words } = voice;
  const { points, headline, hasOlder, isLoadingOlder } = state;
  const compare = (number: number): void => ask({ type: 'comparePoint', number });
  return [
    h('p', { key: 'headline', class: 'headline' }, headline),
    ...(points.length === 0 ? [] : [churnChart(state, voice, compare)]),
    ...(hasOlder
      ? [
          h(
            'div',
            { key: 'older', class: 'buttons' },
            button({ text: words.older, isDisabled: isLoadingOlder, press: () => ask({ type: 'older' }) }),
            isLoadingOlder && spinner(),
          ),
        ]
      : []),
    ...(points.length === 0 ? [] : [churnTable(state, voice, compare)]),
  ];
}

/** The newest first: that is what people look for. */
function churnTable({ points }: ChurnReadyState, { words, size }: Voice, compare: (number: number) => void): Part {
  const head = [words.point, words.kind, words.written, words.cleared, words.note].map((text) =>
    h('th', { key: text, scope: 'col', class: text === words.written || text === words.cleared ? 'number' : undefined }, text),
  );
  const rows = [...points].reverse().map(({ number, label, type, written, cleared, trouble, note, canCompare }) =>
    h(
      'tr',
      { key: String(number), class: note === '' ? undefined : 'stands-out' },
      h('th', { scope: 'row' }, label),
      h('td', {}, type),
      h('td', { class: 'number' }, size(written)),
      h('td', { class: 'number' }, size(cleared)),
      h('td', { class: 'note' }, note !== '' && glyph('attention'), [trouble, note].filter((text) => text !== '').join(' · ')),
      h(
        'td',
        {},
        canCompare &&
          h(
            'button',
            {
              class: 'link',
              type: 'button',
              'aria-label': `${words.compareWithPrevious}: ${label}`,
              onclick: () => compare(number),
            },
            words.compareWithPrevious,
          ),
      ),
    ),
  );
  return h(
    'table',
    { key: 'points' },
    h('caption', { class: 'heard' }, words.churn),
    h('thead', {}, h('tr', {}, ...head, h('td', {}))),
    h('tbody', {}, ...rows),
  );
}

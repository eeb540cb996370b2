import type { DifferenceAsk, PairView, ReadyState } from '../../src/messages/difference.ts';
import { h, type Part } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import { bar } from './stateNotice.ts';
import type { Voice } from './voice.ts';

/** What is compared with what, and what came of it. */
export function heading(view: PairView, voice: Voice, ask: (ask: DifferenceAsk) => void): Part[] {
  const { title, before, after, state } = view;
  return [
    h(
      'h1',
      { key: 'title' },
      h('span', { class: 'name' }, title),
      h(
        'span',
        { class: 'pair' },
        h('span', { title: before.detail }, before.label),
        ' → ',
        h('span', { title: after.detail }, after.label),
      ),
    ),
    ...[before, after].flatMap(({ label, point }) =>
      point ? [h('p', { key: `point ${label}`, class: 'point', title: point.detail }, h('span', {}, `${label}: `), point.text)] : [],
    ),
    ...(state.kind === 'ready'
      ? [
          h(
            'div',
            { key: 'headline', class: 'headline' },
            h('p', {}, state.headline),
            h('span', { class: 'spring' }),
            ...realPart(state, voice, ask),
          ),
          notes(state),
        ]
      : []),
  ];
}

function notes({ notes }: ReadyState): Part {
  const items = notes.map((note) => h('li', { key: note }, note));
  return h('ul', { key: 'notes', class: 'notes' }, ...items);
}

/** How much of what was touched really differs, on request. */
function realPart({ real, ranges }: ReadyState, { words }: Voice, ask: (ask: DifferenceAsk) => void): Part[] {
  const text = h('span', { key: 'real text', class: 'quiet', role: 'status' }, real.text);
  if (ranges === 0 || real.kind === 'notNeeded') return [text];
  const isRunning = real.kind === 'running';
  return [
    text,
    ...(isRunning ? [bar(real.total > 0 ? real.done / real.total : 0, real.text)] : []),
    ...(real.kind === 'done'
      ? []
      : [
          isRunning
            ? button({ key: 'stop real', text: words.stop, press: () => ask({ type: 'stopReal' }) })
            : button({ key: 'start real', text: words.checkAll, press: () => ask({ type: 'realAll' }) }),
        ]),
  ];
}

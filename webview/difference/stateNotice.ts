import type { DifferenceAsk, PairView } from '../../src/messages/difference.ts';
import { h, type Part } from '../shared/dom.ts';
import { glyph } from '../shared/glyphs.ts';
import { spinner } from '../shared/glyphs.ts';
import { button } from '../shared/toolkit.ts';
import { rangesText, type Voice } from './voice.ts';

/** What the page shows while there are no ranges to show; nothing once they are there. */
export function stateNotice(state: PairView['state'], voice: Voice, ask: (ask: DifferenceAsk) => void): Part[] {
  const { words } = voice;
  switch (state.kind) {
    case 'ready':
      return [];
    case 'gathering': {
      const { done, total, ranges } = state;
      const share = total > 0 ? Math.min(1, done / total) : undefined;
      const facts = share === undefined ? '' : `${voice.percent(share)} · ${voice.size(total)} · ${rangesText(ranges, voice)}`;
      return [
        notice(
          'gathering',
          h('p', { class: 'what' }, share === undefined && spinner(), state.text),
          bar(share, state.text),
          h('p', { class: 'quiet' }, facts),
          h('div', { class: 'buttons' }, button({ text: words.stop, press: () => ask({ type: 'stop' }) })),
        ),
      ];
    }
    case 'question':
      return [
        notice(
          'question',
          h('p', { class: 'what' }, state.text),
          h('p', {}, state.detail),
          h(
            'div',
            { class: 'buttons' },
            button({ text: words.compare, isPrimary: true, press: () => ask({ type: 'start' }) }),
            button({ text: words.stop, press: () => ask({ type: 'stop' }) }),
          ),
        ),
      ];
    case 'stopped':
      return [
        notice(
          'stopped',
          h('p', { class: 'what' }, state.text),
          h('div', { class: 'buttons' }, button({ text: words.start, isPrimary: true, press: () => ask({ type: 'start' }) })),
        ),
      ];
    case 'failed':
      return failure(state, voice, ask);
  }
}

/** What went wrong, and what can be done about it; the churn page has it too. */
export function failure(
  { text, canRetry, remedies }: Extract<PairView['state'], { kind: 'failed' }>,
  { words }: Voice,
  ask: (ask: DifferenceAsk) => void,
): Part[] {
  return [
    notice(
      'failed',
      h('p', { class: 'what', role: 'alert' }, glyph('bad'), text),
      h(
        'div',
        { class: 'buttons' },
        canRetry && button({ text: words.tryAgain, isPrimary: true, press: () => ask({ type: 'start' }) }),
        remedies.map(({ id, text }) => button({ key: id, text, press: () => ask({ type: 'remedy', id }) })),
      ),
    ),
  ];
}

/** @param share from 0 to 1; undefined where nobody can tell */
export function bar(share: number | undefined, name: string): Part {
  const percent = share === undefined ? undefined : Math.floor(share * 100);
  return h(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-label': name, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': percent },
    h('div', { class: 'done', style: { width: `${percent ?? 0}%` } }),
  );
}

function notice(kind: string, ...children: readonly Part[]): Part {
  return h('section', { key: kind, class: `notice ${kind}` }, ...children);
}

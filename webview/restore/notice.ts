import type { Check } from '../../src/messages/restore.ts';
import { h, type Part } from '../shared/dom.ts';
import { glyph, spinner } from '../shared/glyphs.ts';

/** A sentence that wants to be seen. */
export function notice(kind: 'attention' | 'bad', text: string): Part {
  return h(
    'div',
    { key: `${kind} ${text}`, class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : 'note' },
    glyph(kind),
    h('span', {}, text),
  );
}

/** What the service says of an input. It is there before it says something, or those who listen would not hear it. */
export function checkLine(id: string, { state, text }: Check): Part {
  const sign = state === 'checking' ? spinner() : state === 'none' || text === '' ? undefined : glyph(state);
  return h('div', { key: id, id, class: `check ${state}`, 'aria-live': 'polite' }, sign, h('span', {}, text));
}

import { h, type Part } from '../shared/dom.ts';
import type { Scene } from './scene.ts';
import { BARS, timelineShape, type Bar } from './timelineShape.ts';

/** Above the bars: room for the head of the chosen one; below: the signs of proof, then the days. */
const HEAD = 8;
const SIGN = 12;
const AXIS = 18;
const HEIGHT = HEAD + BARS + SIGN + AXIS;

/**
 * The recovery points as bars from the oldest to now: a slider, that is one stop for the keyboard.
 * @param choose takes the id of a point or a key, and tells whether that means something
 */
export function timeline({ view }: Scene, chosen: string | undefined, choose: (key: string) => boolean): Part {
  const { words, points, isLocked } = view;
  const { slot, width, bars, days } = timelineShape(points.rows);
  const at = bars.findIndex(({ row }) => row.id === chosen);
  const attributes = {
    class: isLocked ? 'timeline box locked' : 'timeline box',
    role: 'slider',
    tabindex: '0',
    'aria-label': words.timeline,
    'aria-valuemin': '1',
    'aria-valuemax': String(bars.length),
    'aria-valuenow': String(at + 1 || bars.length),
    'aria-valuetext': bars[at]?.row.speech ?? words.points,
    'aria-disabled': isLocked && 'true',
    onkeydown: (event: KeyboardEvent) => {
      if (choose(event.key)) event.preventDefault();
    },
    ready: (element: Element) => showChosen(element, bars[at], slot),
  };
  return h(
    'figure',
    { key: 'timeline' },
    h(
      'div',
      attributes,
      h(
        'svg',
        { width: String(width + DAY_OF_NOW), height: String(HEIGHT), 'aria-hidden': 'true' },
        bars.map((bar) => drawn(bar, slot, bar.row.id === chosen, () => choose(bar.row.id))),
        h('path', { key: 'axis', class: 'axis', d: `M0 ${HEAD + BARS + SIGN + 0.5}H${width}v-${BARS + SIGN}` }),
        days.map(({ x, text }) => h('text', { key: `day ${x}`, class: 'day', x: String(x), y: String(HEIGHT - 4) }, text)),
        h('text', { key: 'now', class: 'day', x: String(width + 5), y: String(HEAD + BARS + SIGN) }, words.now),
      ),
    ),
    h('figcaption', { class: 'quiet' }, words.timelineNote),
  );
}

const DAY_OF_NOW = 48;

function drawn({ row, x, height }: Bar, slot: number, isChosen: boolean, press: () => void): Part {
  const gap = slot > 10 ? 3 : 1;
  const [left, top, wide, bottom] = [x + gap, HEAD + BARS - height, slot - 2 * gap, HEAD + BARS];
  return h(
    'g',
    { key: row.id, class: `bar ${row.kind} ${row.proof}${isChosen ? ' chosen' : ''}`, onclick: press },
    h('title', {}, `${row.exact}\n${row.description}`),
    h('rect', { class: 'slot', x: String(x), y: '0', width: String(slot), height: String(HEAD + BARS + SIGN) }),
    ...body(row.kind, left, top, wide, bottom),
    proof(row.proof, x + slot / 2, bottom + SIGN / 2 + 0.5, Math.min(4, slot / 2 - 1)),
    isChosen &&
      h('rect', { class: 'outline', x: String(x + 0.75), y: '0.75', width: String(slot - 1.5), height: String(HEAD + BARS + SIGN - 1.5) }),
  );
}

/** A full point has a wide bar, an incremental one a slim one, a rebase is hollow. */
function body(kind: 'full' | 'incremental' | 'rebase', left: number, top: number, wide: number, bottom: number): Part[] {
  const inset = kind === 'incremental' ? wide / 5 : 0;
  const [x, width, height] = [left + inset, wide - 2 * inset, bottom - top];
  return [h('rect', { class: 'body', x: String(x), y: String(top), width: String(width), height: String(height) })];
}

function proof(state: 'all' | 'part' | 'none' | 'wrong' | 'missing', x: number, y: number, r: number): Part {
  switch (state) {
    case 'all':
      return h('circle', { class: 'sign whole', cx: String(x), cy: String(y), r: String(r) });
    case 'part':
      return h(
        'g',
        {},
        h('path', { class: 'sign whole', d: `M${x} ${y - r}A${r} ${r} 0 0 0 ${x} ${y + r}Z` }),
        h('circle', { class: 'sign', cx: String(x), cy: String(y), r: String(r - 0.5) }),
      );
    case 'none':
      return h('circle', { class: 'sign', cx: String(x), cy: String(y), r: String(r - 0.5) });
    case 'wrong':
      return h('path', { class: 'sign', d: `M${x - r} ${y - r}L${x + r} ${y + r}M${x + r} ${y - r}L${x - r} ${y + r}` });
    case 'missing':
      return h('path', { class: 'sign', d: `M${x - r} ${y}H${x + r}` });
  }
}

/** Scrolls the timeline to the point that was chosen, once; to its end, which is now, before one is. */
const shown = new WeakMap<Element, string>();
function showChosen(element: Element, bar: Bar | undefined, slot: number): void {
  const id = bar?.row.id ?? '';
  if (shown.get(element) === id) return;
  shown.set(element, id);
  if (bar === undefined) element.scrollLeft = element.scrollWidth;
  else if (bar.x < element.scrollLeft || bar.x + slot > element.scrollLeft + element.clientWidth) {
    element.scrollLeft = bar.x + slot / 2 - element.clientWidth / 2;
  }
}

import type { ChurnReadyState } from '../../../src/messages/difference.ts';
import { h, type Part } from '../../shared/dom.ts';
import { changeText, put, type Voice } from '../voice.ts';
import { churnShape, TALLEST_BAR } from './churnShape.ts';

/** Above the bars: room for the sign of one that stands out; below: days. */
const HEAD = 22;
const FOOT = 20;
const DAY_WIDTH = 130;

/** The bars of all points, oldest first. The table below says the same in words, so nobody has to hear them. */
export function churnChart(state: ChurnReadyState, voice: Voice, compare: (number: number) => void): Part {
  const { points } = state;
  const { width, slot, bars, usual } = churnShape(state);
  const gap = Math.round(slot / 5.5);
  const axis = HEAD + TALLEST_BAR;
  const every = Math.ceil(DAY_WIDTH / slot);
  const drawn = bars.map(({ number, x, written, cleared }, i) => {
    const point = points[i]!;
    const top = axis - written - cleared;
    const standsOut = point.note !== '';
    return h(
      'g',
      {
        key: String(number),
        class: `bar${point.canCompare ? ' can' : ''}${standsOut ? ' out' : ''}`,
        onclick: () => point.canCompare && compare(number),
      },
      h(
        'title',
        {},
        [point.label, point.type, changeText(point.written, point.cleared, voice), point.trouble, point.note]
          .filter((text) => text !== '')
          .join('\n'),
      ),
      rect('slot', x, 0, slot, axis + FOOT),
      rect('written', x + gap, axis - written, slot - 2 * gap, written),
      cleared > 0 && rect('cleared', x + gap + 0.5, top + 0.5, slot - 2 * gap - 1, Math.max(1, cleared - 1)),
      cleared > 0 && hatch(x + gap, top, slot - 2 * gap, cleared),
      standsOut && h('path', { class: 'sign', d: `M${x + slot / 2} ${top - 16}l6 11h-12z` }),
      standsOut && h('path', { class: 'sign-mark', d: `M${x + slot / 2} ${top - 12.5}v4M${x + slot / 2} ${top - 7.2}v1` }),
    );
  });
  const days = points.flatMap(({ label, number }, i) =>
    i % every === 0 ? [h('text', { key: `day ${number}`, class: 'day', x: String(i * slot + gap), y: String(axis + 15) }, label)] : [],
  );
  return h(
    'figure',
    { key: 'chart' },
    h(
      'div',
      { class: 'chart box', tabindex: '0', role: 'group', 'aria-label': voice.words.churn },
      h(
        'svg',
        { width: String(width + DAY_WIDTH), height: String(axis + FOOT), 'aria-hidden': 'true' },
        ...drawn,
        h('path', { key: 'axis', class: 'axis', d: `M0 ${axis + 0.5}H${width}` }),
        usual !== undefined && h('path', { key: 'usual', class: 'usual', d: `M0 ${Math.round(axis - usual) + 0.5}H${width}` }),
        ...days,
      ),
    ),
    h(
      'figcaption',
      { class: 'legend' },
      h('span', { class: 'key' }, h('span', { class: 'swatch written' }), voice.words.written),
      h('span', { class: 'key' }, h('span', { class: 'swatch cleared' }), voice.words.cleared),
      state.usual !== undefined &&
        h('span', { class: 'key' }, h('span', { class: 'swatch usual' }), put(voice.words.usual, voice.size(state.usual))),
    ),
  );
}

function rect(name: string, x: number, y: number, width: number, height: number): Part {
  return h('rect', { class: name, x: String(x), y: String(y), width: String(width), height: String(Math.max(0, height)) });
}

/** Lines across, so that it is told from what was written without colour. */
function hatch(x: number, y: number, width: number, height: number): Part {
  const lines: string[] = [];
  for (let at = 4; at < height + width; at += 4) {
    const [fromX, fromY] = at <= height ? [x, y + at] : [x + at - height, y + height];
    const [toX, toY] = at <= width ? [x + at, y] : [x + width, y + at - width];
    lines.push(`M${fromX} ${fromY}L${toX} ${toY}`);
  }
  return h('path', { class: 'hatch', d: lines.join('') });
}

import { h, type Part } from './dom.ts';

/** Small drawings that tell states apart by their shape; the colour comes with the class. Nobody hears them: words stand beside each. */
export type Glyph = 'good' | 'attention' | 'bad' | 'whole' | 'half' | 'empty' | 'cross' | 'dash' | 'full' | 'incremental' | 'rebase';

const SHAPES: Readonly<Record<Glyph, readonly Part[]>> = {
  good: [line('M3 8.5 6.5 12 13 4.5', 1.8)],
  attention: [line('M8 2 14.5 13.5 1.5 13.5Z', 1.4), line('M8 6.5V10M8 11.3V12.3', 1.4)],
  bad: [circle(6.3), line('M5.5 5.5 10.5 10.5M10.5 5.5 5.5 10.5', 1.4)],
  whole: [filled('M8 3A5 5 0 1 1 8 13 5 5 0 1 1 8 3Z')],
  half: [circle(4.4), filled('M8 3.6A4.4 4.4 0 0 0 8 12.4Z')],
  empty: [circle(4.4)],
  cross: [line('M4 4 12 12M12 4 4 12', 2)],
  dash: [line('M3 8H13', 1.6)],
  full: [filled('M4 2H12V14H4Z')],
  incremental: [filled('M6 7H10V14H6Z')],
  rebase: [line('M4.7 4.7H11.3V13.3H4.7Z', 1.4), filled('M4 9H12V14H4Z')],
};

export function glyph(name: Glyph): Part {
  return h('svg', { class: `glyph ${name}`, viewBox: '0 0 16 16', width: '16', height: '16', 'aria-hidden': 'true' }, SHAPES[name]);
}

/** That something goes on and nobody knows how far it is. */
export function spinner(): Part {
  return h('span', { class: 'spinner', 'aria-hidden': 'true' });
}

function line(d: string, width: number): Part {
  return h('path', { d, fill: 'none', stroke: 'currentColor', 'stroke-width': String(width), 'stroke-linejoin': 'round' });
}

function filled(d: string): Part {
  return h('path', { d, fill: 'currentColor' });
}

function circle(r: number): Part {
  return h('circle', { cx: '8', cy: '8', r: String(r), fill: 'none', stroke: 'currentColor', 'stroke-width': '1.4' });
}

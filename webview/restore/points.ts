import type { PointRow } from '../../src/messages/restore.ts';
import { h, type Child, type Part } from '../shared/dom.ts';
import { glyph, spinner, type Glyph } from '../shared/glyphs.ts';
import { button, checkbox } from '../shared/toolkit.ts';
import { notice } from './notice.ts';
import { saidBy, type Scene } from './scene.ts';
import { timeline } from './timeline.ts';
import { walk } from './timelineShape.ts';

const PROOFS: Readonly<Record<PointRow['proof'], Glyph>> = { all: 'whole', part: 'half', none: 'empty', wrong: 'cross', missing: 'dash' };

export function pointsPart(scene: Scene): Child[] {
  const { view, ask } = scene;
  const { words, points, isLocked } = view;
  const chosen = chosenOf(scene);
  const rows = isLocked ? points.rows.filter(({ id }) => id === chosen) : points.rows;
  return [
    points.state === 'loading' &&
      h('div', { key: 'waiting', class: 'waiting', role: 'progressbar', 'aria-label': words.points }, spinner()),
    points.trouble !== undefined && notice(points.state === 'failed' ? 'bad' : 'attention', points.trouble),
    points.state === 'failed' &&
      h('div', { class: 'buttons' }, button({ text: words.retry, press: () => ask('points', { type: 'retryPoints' }) })),
    points.rows.length > 0 && timeline(scene, chosen, (key) => choose(scene, chosen, key)),
    rows.length > 0 && list(scene, rows, chosen),
    points.badge &&
      h(
        'p',
        { key: 'chosen proof', class: 'chosen-proof', title: points.badge.detail },
        glyph(PROOFS[rows.find(({ id }) => id === chosen)?.proof ?? 'none']),
        h('span', {}, points.badge.text),
      ),
    points.hasMore &&
      !isLocked &&
      h('div', { class: 'buttons' }, button({ text: words.morePoints, press: () => ask('points', { type: 'morePoints' }) })),
    points.consent && !isLocked && consent(scene, points.consent),
    saidBy(scene, 'points'),
  ];
}

export function chosenOf({ view, pending }: Scene): string | undefined {
  return pending.valueOf('points', view.points.chosen ?? '') || undefined;
}

/** @returns whether the key means something here */
function choose(scene: Scene, chosen: string | undefined, key: string): boolean {
  const { rows } = scene.view.points;
  const to = rows.find(({ id }) => id === key)?.id ?? walk(rows, chosen, key);
  if (to === undefined || scene.view.isLocked) return false;
  if (to !== chosen) scene.choose('points', to, { type: 'choosePoint', point: to });
  return true;
}

/** The timeline in words, for the keyboard and for those who listen; the shapes in front are those of the timeline. */
function list(scene: Scene, rows: readonly PointRow[], chosen: string | undefined): Part {
  const option = (row: PointRow): Part =>
    h(
      'div',
      {
        key: row.id,
        id: idOf(row.id),
        class: 'row',
        role: 'option',
        title: row.exact,
        'aria-selected': String(row.id === chosen),
        'aria-disabled': row.proof === 'missing' && 'true',
        onclick: () => row.proof !== 'missing' && choose(scene, chosen, row.id),
      },
      h('span', { class: `proof ${row.proof}` }, glyph(PROOFS[row.proof])),
      h('span', { class: `kind ${row.kind}` }, glyph(row.kind)),
      h('span', { class: 'label' }, row.label),
      h('span', { class: 'description' }, row.description),
    );
  const attributes = {
    key: 'list',
    class: 'list box',
    role: 'listbox',
    tabindex: '0',
    'aria-labelledby': 'points',
    'aria-disabled': scene.view.isLocked && 'true',
    'aria-activedescendant': chosen !== undefined && rows.some(({ id }) => id === chosen) && idOf(chosen),
    onkeydown: (event: KeyboardEvent) => {
      if (choose(scene, chosen, event.key)) event.preventDefault();
    },
    ready: (element: Element) => showChosen(element, chosen),
  };
  return h('div', attributes, rows.map(option));
}

/** Scrolls the list, never the page. Only when another one was chosen: whoever looks around is not pulled back. */
const shown = new WeakMap<Element, string>();
function showChosen(list: Element, chosen: string | undefined): void {
  if (chosen === undefined || shown.get(list) === chosen) return;
  const row = document.getElementById(idOf(chosen));
  if (!row) return;
  shown.set(list, chosen);
  const top = row.offsetTop;
  const bottom = top + row.offsetHeight;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
}

function consent({ ask }: Scene, { text, isGiven }: { readonly text: string; readonly isGiven: boolean }): Part {
  const change = (isAccepted: boolean): void => ask('points', { type: 'acceptWrong', isAccepted });
  return checkbox({ key: 'consent', isChecked: isGiven, change }, text);
}

function idOf(point: string): string {
  return `point ${point}`.replaceAll(/[^\w.:-]/g, '-');
}

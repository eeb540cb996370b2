import { h, type Child, type Part } from '../shared/dom.ts';
import type { PartName } from './opened.ts';
import { pointsPart } from './points.ts';
import { reviewPart } from './review.ts';
import { runPart } from './run.ts';
import type { Scene } from './scene.ts';
import { targetPart } from './target.ts';

export function page(scene: Scene): Child[] {
  const { words, disk, origin, target, review, run } = scene.view;
  return [
    h('header', { key: 'header' }, [
      h('h1', {}, words.title, ' ', h('span', { class: 'disk' }, disk)),
      h('p', { class: 'quiet' }, origin),
      trail(scene),
    ]),
    section('points', '1', words.points, pointsPart(scene)),
    target && section('target', '2', words.target, targetPart(scene, target)),
    review &&
      h(
        'div',
        { key: 'review', onkeydown: (event: KeyboardEvent) => leave(scene, event) },
        section('review', '3', words.review, reviewPart(scene, review)),
      ),
    run && section('run', '4', words.run, runPart(scene, run)),
  ];
}

/** Where one is among the four parts. */
function trail({ view: { words, target, review, run } }: Scene): Part {
  const parts: [name: PartName, text: string, isThere: boolean][] = [
    ['points', words.points, true],
    ['target', words.target, target !== undefined],
    ['review', words.review, review !== undefined],
    ['run', words.run, run !== undefined],
  ];
  const last = parts.findLast(([, , isThere]) => isThere)![0];
  const item = ([name, text, isThere]: (typeof parts)[number], i: number): Part =>
    h('li', { class: isThere ? 'there' : 'quiet', 'aria-current': name === last && 'step' }, number(String(i + 1)), text);
  return h('ol', { class: 'trail', 'aria-label': words.title }, parts.map(item));
}

/** Escape does what the button *Back* does. */
function leave({ view, ask }: Scene, { key }: KeyboardEvent): void {
  if (key === 'Escape' && !view.isLocked) ask('review', { type: 'back' });
}

function section(name: PartName, at: string, title: string, children: Child): Part {
  return h(
    'section',
    { key: name, class: name, 'aria-labelledby': name },
    h('h2', { id: name, tabindex: '-1' }, number(at), title),
    children,
  );
}

function number(text: string): Part {
  return h('span', { class: 'number', 'aria-hidden': 'true' }, text);
}

import type { NextStep, RunPart } from '../../src/messages/restore.ts';
import { h, type Child, type Part } from '../shared/dom.ts';
import { glyph, type Glyph } from '../shared/glyphs.ts';
import { button } from '../shared/toolkit.ts';
import { saidBy, type Scene } from './scene.ts';

const SIGNS: Readonly<Record<RunPart['state'], Glyph | undefined>> = {
  running: undefined,
  resumable: 'attention',
  done: 'good',
  failed: 'bad',
  forgotten: 'attention',
};

export function runPart(scene: Scene, run: RunPart): Child[] {
  const { view, ask } = scene;
  const { words } = view;
  const { state, title, text, canCancel, canResume, canStartOver } = run;
  const sign = SIGNS[state];
  return [
    h('p', { key: 'title', class: 'title' }, title),
    state === 'running' && progressBar(title, run.percent),
    h('p', { key: 'text', id: 'run-text', class: `outcome ${state}` }, sign && glyph(sign), h('span', {}, text)),
    // What comes of it is said; how it goes on would never let anybody finish a sentence, and is there to be looked up.
    h('p', { key: 'heard', class: 'heard', 'aria-live': 'polite' }, state === 'running' ? title : `${title}. ${text}`),
    h('div', { key: 'buttons', class: 'buttons' }, [
      canResume &&
        button({ text: state === 'failed' ? words.retry : words.resume, isPrimary: true, press: () => ask('run', { type: 'resume' }) }),
      canCancel && button({ text: words.cancel, press: () => ask('run', { type: 'cancel' }) }),
      canStartOver && button({ text: words.startOver, press: () => ask('run', { type: 'startOver' }) }),
      button({ text: words.showLog, press: () => ask('run', { type: 'act', action: 'showLog' }) }),
      saidBy(scene, 'run'),
    ]),
    run.next.length > 0 && [
      h('h3', { key: 'title of next' }, words.nextSteps),
      h(
        'div',
        { key: 'next', class: 'next' },
        run.next.map((each) => nextStep(scene, each)),
      ),
    ],
  ];
}

function progressBar(title: string, percent: number | undefined): Part {
  const attributes = {
    key: 'bar',
    class: percent === undefined ? 'progress unknown' : 'progress',
    role: 'progressbar',
    'aria-label': title,
    'aria-valuemin': '0',
    'aria-valuemax': '100',
    'aria-valuenow': percent === undefined ? undefined : String(Math.floor(percent)),
    'aria-describedby': 'run-text',
  };
  return h('div', attributes, h('div', { class: 'done', style: { width: `${percent ?? 30}%` } }));
}

function nextStep(scene: Scene, next: NextStep): Part {
  const { ask, view } = scene;
  return h('div', { key: next.title, class: 'card box' }, [
    h('h4', {}, next.title),
    next.text !== '' && h('p', { class: 'quiet' }, next.text),
    next.kind === 'action'
      ? h('div', { class: 'buttons' }, [
          button({ text: next.button, press: () => ask(next.action, { type: 'act', action: next.action }) }),
          saidBy(scene, next.action),
        ])
      : next.blocks.map(({ id, label, code }) =>
          h('div', { key: id, class: 'block' }, [
            h('div', { class: 'line' }, [
              h('span', { id: `label-${id}` }, label),
              saidBy(scene, id),
              button({
                key: 'copy',
                text: view.words.copy,
                describedBy: [`label-${id}`],
                press: () => ask(id, { type: 'copyBlock', id }),
              }),
            ]),
            // It can be scrolled, so the keyboard must get there.
            h('pre', { tabindex: '0', role: 'group', 'aria-labelledby': `label-${id}` }, h('code', {}, code)),
          ]),
        ),
  ]);
}

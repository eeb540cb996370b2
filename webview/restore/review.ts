import type { ReviewPart } from '../../src/messages/restore.ts';
import { h, type Child, type Part } from '../shared/dom.ts';
import { spinner } from '../shared/glyphs.ts';
import { button } from '../shared/toolkit.ts';
import { diskPicture } from './diskPicture.ts';
import { notice } from './notice.ts';
import { saidBy, type Scene } from './scene.ts';

export function reviewPart(scene: Scene, review: ReviewPart): Child[] {
  const { view, ask } = scene;
  const { words, isLocked } = view;
  const { state, trouble, steps, facts, picture, stays, warnings, canRun, blocked } = review;
  return [
    state === 'planning' && h('div', { key: 'planning', class: 'waiting', role: 'status' }, spinner(), h('span', {}, words.planning)),
    trouble !== undefined && notice(state === 'failed' ? 'bad' : 'attention', trouble),
    steps.length > 0 && [
      h('h3', { key: 'title of steps' }, words.steps),
      h(
        'ol',
        { key: 'steps', class: 'steps' },
        steps.map((each) => step(each, words.skipped)),
      ),
    ],
    facts.length > 0 &&
      h(
        'dl',
        { key: 'facts', class: 'facts' },
        facts.map(({ label, value }) => [h('dt', {}, label), h('dd', {}, value)]),
      ),
    picture && diskPicture(words, picture),
    stays.length > 0 &&
      sentences(
        words.stays,
        'stays',
        stays.map((text) => h('p', {}, text)),
      ),
    warnings.length > 0 &&
      sentences(
        words.warnings,
        'warnings',
        warnings.map((text) => notice('attention', text)),
      ),
    h('div', { key: 'buttons', class: 'buttons' }, [
      !isLocked && button({ text: words.back, press: () => ask('review', { type: 'back' }) }),
      state === 'failed' && button({ text: words.retry, isPrimary: true, press: () => ask('review', { type: 'review' }) }),
      state === 'ready' && button({ text: words.copyCommand, press: () => ask('review', { type: 'copyCommand' }) }),
      !isLocked &&
        state === 'ready' &&
        button({
          key: 'restore',
          text: review.button,
          isPrimary: true,
          isDisabled: !canRun,
          press: () => ask('review', { type: 'restore' }),
        }),
      blocked === undefined ? saidBy(scene, 'review') : h('span', { key: 'blocked', class: 'said', role: 'status' }, blocked),
    ]),
  ];
}

function step({ title, detail, skipped }: ReviewPart['steps'][number], badge: string): Part {
  return h('li', { class: skipped === undefined ? 'step' : 'step skipped' }, [
    h('div', {}, h('span', { class: 'label' }, title), skipped !== undefined && h('span', { class: 'badge' }, badge)),
    (skipped ?? detail) !== '' && h('div', { class: 'quiet' }, skipped ?? detail),
  ]);
}

function sentences(title: string, name: string, children: readonly Part[]): Part {
  return h('div', { key: name, class: name }, h('h3', {}, title), children);
}

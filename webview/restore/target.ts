import type { FieldView, TargetPart } from '../../src/messages/restore.ts';
import { h, type Child, type Part } from '../shared/dom.ts';
import { button } from '../shared/toolkit.ts';
import { field } from './field.ts';
import { checkLine } from './notice.ts';
import { saidBy, type Scene } from './scene.ts';

export function targetPart(scene: Scene, target: TargetPart): Child[] {
  const { view, ask } = scene;
  if (view.isLocked) return [summary(target, view.words.target)];
  return [
    ways(scene, target),
    h(
      'div',
      { key: `fields of ${target.kind}`, class: 'fields' },
      target.fields.map((each) => field(scene, each)),
    ),
    checkLine('check-target', target.check),
    h('div', { class: 'buttons' }, [
      button({
        key: 'review',
        text: view.words.reviewButton,
        isPrimary: view.review === undefined,
        isDisabled: !target.canReview || scene.pending.has(),
        describedBy: ['check-target'],
        press: () => ask('target', { type: 'review' }),
      }),
      saidBy(scene, 'target'),
    ]),
  ];
}

function ways({ view, pending, choose }: Scene, { kind, kinds }: TargetPart): Part {
  const chosen = pending.valueOf('kind', kind);
  const way = ({ kind: each, label, description }: TargetPart['kinds'][number]): Part =>
    h(
      'label',
      { key: each, class: 'way' },
      h('input', {
        type: 'radio',
        name: 'kind',
        value: each,
        checked: each === chosen,
        'aria-describedby': `about-${each}`,
        onchange: () => choose('kind', each, { type: 'chooseTarget', kind: each }),
      }),
      h('span', {}, h('span', { class: 'label' }, label), h('span', { id: `about-${each}`, class: 'quiet about' }, description)),
    );
  return h('div', { class: 'ways', role: 'radiogroup', 'aria-label': view.words.target }, kinds.map(way));
}

/** Once a run was begun: what was chosen, to read. */
function summary({ kind, kinds, fields }: TargetPart, title: string): Part {
  const way = kinds.find((each) => each.kind === kind);
  return h(
    'dl',
    { key: 'summary', class: 'facts' },
    way && [h('dt', {}, title), h('dd', {}, way.label)],
    fields.filter((each) => each.kind !== 'toggle' || each.value).map((each) => [h('dt', {}, each.label), h('dd', {}, valueOf(each))]),
  );
}

function valueOf(field: FieldView): string {
  if (field.kind === 'toggle') return '✓';
  if (field.kind === 'text') return field.value;
  return field.options.find(({ value }) => value === field.value)?.label ?? field.value;
}

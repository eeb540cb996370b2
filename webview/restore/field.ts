import type { FieldView } from '../../src/messages/restore.ts';
import { h, type Child, type Part } from '../shared/dom.ts';
import { button, checkbox, textField } from '../shared/toolkit.ts';
import { checkLine } from './notice.ts';
import type { Scene } from './scene.ts';

/** An input with its label, what it is for, and what the service says of what is in it. */
export function field(scene: Scene, view: FieldView): Part {
  const { name, hint, check } = view;
  const hintId = `hint-${name}`;
  const checkId = `check-${name}`;
  // What is said below is about what was there before, until the extension has heard of it.
  return h('div', { key: name, class: `input ${view.kind}`, 'aria-busy': scene.pending.has(name) && 'true' }, [
    control(scene, view, [...(hint === '' ? [] : [hintId]), checkId]),
    hint !== '' && h('div', { id: hintId, class: 'quiet hint' }, hint),
    checkLine(checkId, check),
  ]);
}

function control({ view: { words }, pending, ask, choose }: Scene, view: FieldView, describedBy: readonly string[]): Child {
  const { name, label } = view;
  const isInvalid = view.check.state === 'bad';
  const edit = (value: string): void => choose(name, value, { type: 'edit', field: name, value });
  switch (view.kind) {
    case 'text':
      return h('div', { class: 'line' }, [
        textField({
          key: `field-${name}`,
          label,
          value: pending.valueOf(name, view.value),
          suggestions: view.suggestions,
          isInvalid,
          describedBy,
          type: edit,
        }),
        view.canBrowse && button({ key: `browse-${name}`, text: words.browse, press: () => ask('target', { type: 'browse' }) }),
      ]);
    case 'toggle': {
      const isChecked = pending.valueOf(name, String(view.value)) === 'true';
      return checkbox({ key: `field-${name}`, isChecked, change: (isChecked) => edit(String(isChecked)) }, label);
    }
    case 'choice': {
      const value = pending.valueOf(name, view.value);
      const chosen = view.options.find((option) => option.value === value);
      return [
        h('label', { for: `field-${name}` }, label),
        h(
          'select',
          {
            id: `field-${name}`,
            'aria-describedby': describedBy.join(' '),
            'aria-invalid': String(isInvalid),
            onchange: (event: Event) => edit((event.target as HTMLSelectElement).value),
          },
          view.options.map((option) => h('option', { key: option.value, value: option.value, selected: option === chosen }, option.label)),
        ),
        chosen?.description && h('div', { class: 'quiet hint' }, chosen.description),
      ];
    }
  }
}

import assert from 'node:assert/strict';
import type { FieldName, FieldView, RestoreAnswer, RestoreAsk, RestoreView } from '../../../src/messages/restore.ts';
import type { ToPage } from '../../../src/messages/channel.ts';
import { panels, type FakePanel } from '../vscode/window.ts';
import type { CommandRig } from './commandRig.ts';

/** The page of a restore wizard, from the side of its user. */
export class WizardPage {
  readonly panel: FakePanel;
  readonly #rig: CommandRig;
  #asked = 0;

  constructor(rig: CommandRig, panel: FakePanel = panels.at(-1)!) {
    this.#rig = rig;
    this.panel = panel;
    panel.send({ type: 'ready' });
  }

  get messages(): ToPage<RestoreView, RestoreAnswer>[] {
    return this.panel.posted as ToPage<RestoreView, RestoreAnswer>[];
  }

  /** What is shown now. */
  get view(): RestoreView {
    const last = this.messages.findLast((message) => message.type === 'view');
    assert.ok(last?.type === 'view', 'nothing was shown');
    return last.view;
  }

  /** Waits until the view is as `fits` wants it. */
  async until(fits: (view: RestoreView) => unknown, what = String(fits)): Promise<RestoreView> {
    for (let i = 0; i < 2000; i++) {
      if (this.messages.some(({ type }) => type === 'view') && fits(this.view)) return this.view;
      await new Promise((resolve) => void setTimeout(resolve, 1));
    }
    throw new Error(`It never came to that: ${what}. ${JSON.stringify(this.view, undefined, 1)}\n${this.#rig.logged.join('\n')}`);
  }

  send(ask: RestoreAsk): number {
    const id = ++this.#asked;
    this.panel.send({ type: 'ask', id, ask });
    return id;
  }

  /** @returns what was said in passing */
  async ask(ask: RestoreAsk): Promise<string | undefined> {
    const id = this.send(ask);
    for (let i = 0; i < 2000; i++) {
      const answer = this.messages.find((message) => message.type !== 'view' && message.id === id);
      if (answer?.type === 'answer') return answer.answer.said;
      if (answer?.type === 'refused') throw new Error(answer.text);
      await new Promise((resolve) => void setTimeout(resolve, 1));
    }
    throw new Error('There was no answer.');
  }

  edit(field: FieldName, value: string): Promise<string | undefined> {
    return this.ask({ type: 'edit', field, value });
  }

  field(name: FieldName): FieldView {
    const field = this.view.target?.fields.find((each) => each.name === name);
    assert.ok(field, `There is no field ${name}.`);
    return field;
  }

  /** Up to the plan. */
  async review(): Promise<RestoreView> {
    await this.until((view) => view.target?.canReview, 'review can be pressed');
    await this.ask({ type: 'review' });
    return this.until((view) => view.review && view.review.state !== 'planning', 'a plan');
  }
}

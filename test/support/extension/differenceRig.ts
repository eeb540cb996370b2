import assert from 'node:assert/strict';
import type { ChurnReadyState, DifferenceAnswer, DifferenceAsk, DifferenceView, PairView } from '../../../src/messages/difference.ts';
import type { DifferenceDocument, DifferenceEditor } from '../../../src/extension/difference/differenceEditor.ts';
import type { Subject } from '../../../src/extension/difference/subject.ts';
import type { DifferenceTools } from '../../../src/extension/difference/tools.ts';
import { providers } from '../vscode/providers.ts';
import * as vscode from '../vscode/vscode.ts';
import { FakePanel } from '../vscode/window.ts';
import { CommandRig } from './commandRig.ts';

type Posted = {
  readonly type: string;
  readonly id: number;
  readonly view: DifferenceView;
  readonly answer: DifferenceAnswer;
  readonly text: string;
};

/** One page as its reader sees it. */
export class DifferencePage {
  readonly panel = new FakePanel('pageBlobBackup.difference', '');
  #asked = 0;

  get posted(): Posted[] {
    return this.panel.posted as Posted[];
  }

  /** What the page shows now. */
  get view(): DifferenceView {
    return this.posted.findLast(({ type }) => type === 'view')!.view;
  }

  /** Every state that the page was shown, in order; progress is not counted. */
  get states(): string[] {
    const all = this.posted.flatMap(({ type, view }) => (type === 'view' ? view.state.kind : []));
    return all.filter((kind, i) => kind !== all[i - 1]);
  }

  /** The state of a pair, which has to be of this kind. */
  state<Kind extends PairView['state']['kind']>(kind: Kind): Extract<PairView['state'], { kind: Kind }> {
    const { state } = this.view;
    assert.equal(state.kind, kind, JSON.stringify(state));
    return state as Extract<PairView['state'], { kind: Kind }>;
  }

  churn(): ChurnReadyState {
    return this.state('ready') as unknown as ChurnReadyState;
  }

  async until(kind: DifferenceView['state']['kind']): Promise<void> {
    for (let i = 0; i < 3000 && this.view.state.kind !== kind; i++) await turn();
    assert.equal(this.view.state.kind, kind, JSON.stringify(this.view.state));
  }

  /** @throws Error with the text where it was refused */
  async ask<Type extends DifferenceAnswer['type']>(ask: DifferenceAsk, type: Type): Promise<Extract<DifferenceAnswer, { type: Type }>> {
    const id = ++this.#asked;
    this.panel.send({ type: 'ask', id, ask });
    const found = (): Posted | undefined => this.posted.find((posted) => posted.id === id);
    for (let i = 0; i < 3000 && !found(); i++) await turn();
    const answer = found();
    if (answer?.type === 'refused') throw new Error(answer.text);
    assert.equal(answer?.answer.type, type);
    return answer?.answer as Extract<DifferenceAnswer, { type: Type }>;
  }
}

export type RigOptions = NonNullable<Parameters<typeof CommandRig.open>[0]> & { readonly askFrom?: number };

/** The difference editor, registered in the stand-in of VS Code, on the two accounts of a command rig. */
export class DifferenceRig {
  readonly commands: CommandRig;
  readonly #registered: { dispose(): void };
  readonly #documents: DifferenceDocument[] = [];

  private constructor(commands: CommandRig, registered: { dispose(): void }) {
    this.commands = commands;
    this.#registered = registered;
  }

  static async open({ askFrom, ...options }: RigOptions = {}): Promise<DifferenceRig> {
    const commands = await CommandRig.open(options);
    const { registerDifference } = await import('../../../src/extension/difference/registerDifference.ts');
    const registered = registerDifference(vscode.Uri.file('/extension') as never, {
      ...differenceTools(commands),
      ...(askFrom !== undefined && { askFrom }),
    });
    return new DifferenceRig(commands, registered);
  }

  get editor(): DifferenceEditor {
    return (providers.get('editor:pageBlobBackup.difference') as { provider: DifferenceEditor }).provider;
  }

  /** Opens the subject's address in a tab. */
  async show(subject: Subject): Promise<DifferencePage> {
    const { uriOf } = await import('../../../src/extension/difference/openSubject.ts');
    return this.showUri(uriOf(subject, this.commands.voice));
  }

  async showUri(uri: unknown): Promise<DifferencePage> {
    const document = await this.editor.openCustomDocument(uri as never);
    this.#documents.push(document);
    return this.split(document);
  }

  /** One more editor on a document that is open. */
  split(document = this.#documents.at(-1)!): DifferencePage {
    const page = new DifferencePage();
    this.editor.resolveCustomEditor(document, page.panel as never);
    page.panel.send({ type: 'ready' });
    return page;
  }

  close(): void {
    for (const document of this.#documents) document.dispose();
    this.#registered.dispose();
    this.commands.close();
  }
}

export function differenceTools({ session, directory, job, voice, log }: CommandRig): DifferenceTools {
  return { session, directory, job, voice, log };
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

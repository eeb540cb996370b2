import type { KeptRestore, RestoreAnswer, RestoreAsk, RestoreView } from '../../messages/restore.ts';
import type { RestoreSpec, RunRecord } from '../runs/run.ts';
import { isRestoreSpec } from '../runs/runTarget.ts';
import { urlKey } from '../words/places.ts';
import { notBegunText } from './blocked.ts';
import { restoreCommand } from './commandLine.ts';
import { fileNameFor } from './fields.ts';
import { specOf, valueOf } from './inputs.ts';
import { isReady } from './questions.ts';
import { canRun, initialState, reduce, type RestoreEvent, type RestoreState } from './state.ts';
import { viewOf } from './view.ts';
import { WizardChecks } from './wizardChecks.ts';
import { WizardLists } from './wizardLists.ts';
import type { Board, WizardDesk, WizardParts } from './wizardParts.ts';
import { WizardPlan } from './wizardPlan.ts';

const PROGRESS_EVERY_MS = 200;

/** One restore wizard: takes what the page asks to the state, and what the state lacks to the service. */
export class RestoreWizard {
  readonly #parts: WizardParts;
  readonly #desk: WizardDesk;
  readonly #end = new AbortController();
  readonly #listening: { dispose(): void }[];
  readonly #lists: WizardLists;
  readonly #checks: WizardChecks;
  readonly #plan: WizardPlan;
  #state: RestoreState;
  #progress: NodeJS.Timeout | undefined;

  constructor(parts: WizardParts, desk: WizardDesk, backup: string, kept?: KeptRestore) {
    this.#parts = parts;
    this.#desk = desk;
    this.#state = initialState(backup, kept);
    const board = this.#board();
    this.#lists = new WizardLists(board);
    this.#checks = new WizardChecks(board);
    this.#plan = new WizardPlan(board);
    this.#listening = [
      parts.directory.onDidChange(() => void this.#lists.accounts()),
      parts.runs.onDidChange((record) => this.#runChanged(record)),
    ];
    this.#followRun();
    this.#desk.show(this.view);
    void this.#lists.accounts();
    void this.#lists.points();
  }

  get view(): RestoreView {
    return viewOf(this.#state, this.#parts.voice);
  }

  /** Shows another point than the one that was chosen, unless a run is under way. */
  choosePoint(point: string): void {
    if (this.#state.points.list.some(({ entry }) => entry.backup.snapshot === point)) this.#dispatch({ type: 'pointChosen', point });
    else if (this.#state.run === undefined) {
      // It may have been made since the points were listed.
      this.#state = { ...this.#state, point, acceptsWrong: false };
      void this.#lists.points({ afresh: true });
    }
  }

  dispose(): void {
    this.#end.abort();
    clearTimeout(this.#progress);
    this.#checks.dispose();
    this.#plan.dispose();
    for (const each of this.#listening) each.dispose();
  }

  /** Does what the page asks. What becomes of it is seen in the view. */
  async ask(ask: RestoreAsk): Promise<RestoreAnswer> {
    return { said: await this.#do(ask) };
  }

  async #do(ask: RestoreAsk): Promise<string | undefined> {
    switch (ask.type) {
      case 'choosePoint':
        this.#dispatch({ type: 'pointChosen', point: ask.point });
        break;
      case 'acceptWrong':
        this.#dispatch({ type: 'wrongAccepted', isAccepted: ask.isAccepted });
        break;
      case 'morePoints':
      case 'retryPoints':
        await this.#lists.points();
        break;
      case 'chooseTarget':
        this.#dispatch({ type: 'targetChosen', kind: ask.kind });
        break;
      case 'edit':
        this.#dispatch({ type: 'edited', field: ask.field, value: ask.value });
        break;
      case 'browse':
        await this.#browse();
        break;
      case 'review':
        this.#dispatch({ type: 'wentBack' });
        this.#dispatch({ type: 'reviewAsked' });
        break;
      case 'back':
        this.#dispatch({ type: 'wentBack' });
        break;
      case 'restore':
        return this.#begin();
      case 'cancel':
        return this.#cancel();
      case 'resume':
        this.#resume();
        break;
      case 'startOver':
        this.#dispatch({ type: 'startedOver' });
        // One may have been made or deleted since.
        if (this.#state.run === undefined) await this.#lists.points({ afresh: true });
        break;
      case 'copyCommand':
        return this.#copyCommand();
      case 'copyBlock':
        return this.#copyBlock(ask.id);
      case 'act':
        this.#desk.act(ask.action, this.#spec);
        break;
    }
    return undefined;
  }

  #board(): Board {
    const state = (): RestoreState => this.#state;
    return {
      parts: this.#parts,
      signal: this.#end.signal,
      get state() {
        return state();
      },
      dispatch: (event) => this.#dispatch(event),
    };
  }

  /** What is run, or was. */
  get #spec(): RestoreSpec | undefined {
    const { run } = this.#state;
    if (run === undefined) return specOf(this.#state);
    return run.record && isRestoreSpec(run.record.spec) ? run.record.spec : undefined;
  }

  #dispatch(event: RestoreEvent): void {
    if (this.#end.signal.aborted) return;
    this.#state = reduce(this.#state, event);
    this.#desk.show(this.view);
    this.#checks.look();
    this.#lists.containers();
    this.#plan.look();
  }

  #begin(): string | undefined {
    const spec = specOf(this.#state);
    // The button may have been pressed just before the page heard that it cannot be.
    if (!canRun(this.#state) || !spec) return notBegunText(this.#state, this.#parts.voice);
    const { id, ended } = this.#parts.runs.begin(spec);
    ended.catch((error: unknown) => this.#parts.log.error('A restore could not be followed to its end', error));
    // Another run has the same target: its notification says so.
    if (id === undefined) return undefined;
    this.#dispatch({ type: 'runBegun', id });
    this.#followRun();
    return undefined;
  }

  #cancel(): string | undefined {
    const { run } = this.#state;
    if (run?.record?.state !== 'running' || this.#parts.runs.cancel(run.id)) return undefined;
    return this.#parts.voice.t('This run is under way in another window. Cancel it there.');
  }

  #resume(): void {
    const { run } = this.#state;
    if (run?.record?.state !== 'resumable' && run?.record?.state !== 'failed') return;
    this.#parts.runs.resume(run.id).catch((error: unknown) => this.#parts.log.error('A restore could not be resumed', error));
  }

  #runChanged(record: RunRecord | undefined): void {
    const { run } = this.#state;
    if (!run || (record && record.id !== run.id)) return;
    if (record?.state === 'running' && run.record?.state === 'running' && record.phase === run.record.phase) {
      this.#progress ??= setTimeout(() => {
        this.#progress = undefined;
        this.#followRun();
      }, PROGRESS_EVERY_MS);
    } else this.#followRun();
  }

  /** Only a restore out of this very backup blob is this wizard's run, whatever a page says that it has kept. */
  #followRun(): void {
    const { run, backup } = this.#state;
    if (!run) return;
    const record = this.#parts.runs.all().find(({ id }) => id === run.id);
    const isOurs = record && isRestoreSpec(record.spec) && urlKey(record.spec.backup) === urlKey(backup);
    this.#dispatch({ type: 'runChanged', record: isOurs ? record : undefined });
  }

  async #browse(): Promise<void> {
    const path = await this.#desk.chooseFile(valueOf(this.#state, 'path') || fileNameFor(this.#state));
    if (path !== undefined) this.#dispatch({ type: 'edited', field: 'path', value: path });
  }

  async #copyCommand(): Promise<string | undefined> {
    const { t } = this.#parts.voice;
    const spec = this.#spec;
    // A name that is refused may be anything, a SAS for one.
    if (!spec || (this.#state.run === undefined && !isReady(this.#state))) return undefined;
    await this.#desk.copy(restoreCommand(spec, this.#parts.readSettings()));
    return t('Copied. There is no key and no SAS in it: the command line signs in by itself.');
  }

  async #copyBlock(id: string): Promise<string | undefined> {
    const steps = this.view.run?.next ?? [];
    const block = steps.flatMap((step) => (step.kind === 'commands' ? step.blocks : [])).find((each) => each.id === id);
    if (!block) return undefined;
    await this.#desk.copy(block.code);
    return this.#parts.voice.t('Copied.');
  }
}

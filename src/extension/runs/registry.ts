import { EventEmitter } from 'vscode';
import { isBackupError } from '../../engine/errors.ts';
import { Limiter } from '../../engine/transfer/limiter/limiter.ts';
import type { World } from '../../engine/world.ts';
import type { Log } from '../log.ts';
import type { AzureSession } from '../session.ts';
import type { RunSettings } from '../settings.ts';
import { failureOf } from '../words/failure.ts';
import { outcomeOf, type Outcome, type RunResult } from '../words/outcome.ts';
import { endedTitle, runningTitle } from '../words/run.ts';
import type { Voice } from '../words/voice.ts';
import { logEvent } from './follow.ts';
import type { JobContext } from './jobs/jobContext.ts';
import { eventsOf } from './jobs/jobs.ts';
import { BEAT_MS, isAbandoned, type Owner } from './owner.ts';
import { beginRecord, inOrder, interrupted, RecordKeeper, resumeRecord, surplus } from './records.ts';
import type { RunRecord, RunRegistry, RunSpec } from './run.ts';
import type { RunFiles } from './runFiles.ts';
import { goesOn, subjectOf, targetsOf } from './runTarget.ts';
import type { RunScreen } from './screen.ts';

const MOST_RECORDS = 100;
const SAVE_EVERY_MS = 5_000;

export interface RegistryParts {
  readonly session: AzureSession;
  readonly files: Pick<RunFiles, 'load' | 'save' | 'remove'>;
  readonly screen: RunScreen;
  readonly log: Log;
  readonly voice: Voice;
  readonly world: World;
  readonly owner: Owner;
  readonly readSettings: () => RunSettings;
  readonly places?: JobContext['places'];
  /** What a policy says of a scheduled backup. */
  readonly chainFor?: JobContext['chainFor'];
}

interface LiveRun {
  readonly keeper: RecordKeeper;
  readonly controller: AbortController;
  readonly settled: Promise<RunRecord>;
}

/** The runs of this window at work, and the records of all windows. */
export class Runs implements RunRegistry {
  readonly #parts: RegistryParts;
  /** All runs of this window keep to the service's pace together. */
  readonly #limiter: Limiter;
  readonly #live = new Map<string, LiveRun>();
  readonly #changed = new EventEmitter<RunRecord | undefined>();
  readonly onDidChange = this.#changed.event;
  #records: Map<string, RunRecord>;
  #isClosing = false;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
    this.#limiter = new Limiter(parts.world);
    this.#records = new Map();
    this.reload();
  }

  all(): readonly RunRecord[] {
    return inOrder([...this.#records.values()]);
  }

  start(spec: RunSpec): Promise<RunRecord> {
    return this.begin(spec).ended;
  }

  begin(spec: RunSpec): { readonly id: string | undefined; readonly ended: Promise<RunRecord> } {
    const { world, owner, voice } = this.#parts;
    const record = beginRecord(spec, { id: world.uuid(), title: runningTitle(spec, voice), owner: owner.id, now: world.now() });
    const ended = this.#begin(record, false);
    return { id: this.#live.has(record.id) ? record.id : undefined, ended };
  }

  async resume(id: string): Promise<RunRecord> {
    const record = this.#records.get(id);
    if (!record || record.state === 'running') throw new Error(`Run ${id} cannot be resumed.`);
    const { owner, world } = this.#parts;
    return this.#begin(resumeRecord(record, owner.id, world.now()), record.state === 'resumable');
  }

  cancel(id: string): boolean {
    this.#live.get(id)?.controller.abort();
    return this.#live.has(id);
  }

  forget(id: string): void {
    if (this.#records.get(id)?.state === 'running') return;
    this.#records.delete(id);
    this.#parts.files.remove(id);
    this.#changed.fire(undefined);
  }

  /** Takes in what other windows wrote, and finds runs whose window is gone. */
  reload(): void {
    const { files, owner, world } = this.#parts;
    const now = world.now();
    // A record of ours that says "running" with nothing at work is left from a write that came late.
    const isLeft = (record: RunRecord): boolean => record.state === 'running' && record.owner === owner.id && !this.#live.has(record.id);
    this.#records = new Map();
    for (const record of files.load()) {
      this.#records.set(record.id, isAbandoned(record, owner, now) || isLeft(record) ? interrupted(record) : record);
    }
    for (const [id, { keeper }] of this.#live) this.#records.set(id, keeper.record);
    this.#changed.fire(undefined);
  }

  /** The window closes: what runs is written down as resumable at once, then stopped in order as far as there is time. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const live = [...this.#live.values()];
    for (const { keeper, controller } of live) {
      this.#store(keeper.end({ state: 'resumable' }, this.#parts.world.now()));
      // The service goes on with a copy by itself; stopping would end it for good.
      if (keeper.record.spec.job !== 'copy') controller.abort();
    }
    await Promise.all(live.filter(({ keeper }) => keeper.record.spec.job !== 'copy').map(({ settled }) => settled));
    this.#changed.dispose();
  }

  async #begin(record: RunRecord, isResumed: boolean): Promise<RunRecord> {
    const targets = targetsOf(record.spec);
    const clash = [...this.#live.values()].find(({ keeper }) => targetsOf(keeper.record.spec).some((each) => targets.includes(each)));
    if (clash) {
      this.#parts.screen.tellClash(clash.keeper.record);
      return clash.keeper.record;
    }
    const keeper = new RecordKeeper(record);
    const controller = new AbortController();
    // Put in the map before the first step is taken, so that a second start sees it.
    const { promise, resolve } = Promise.withResolvers<RunRecord>();
    this.#live.set(record.id, { keeper, controller, settled: promise });
    resolve(await this.#execute(keeper, controller, isResumed));
    return promise;
  }

  async #execute(keeper: RecordKeeper, controller: AbortController, isResumed: boolean): Promise<RunRecord> {
    const { screen, world, log, voice } = this.#parts;
    const { id, spec } = keeper.record;
    const begun = world.now();
    log.info(`${endedTitle(spec, voice)}: ${isResumed ? 'resumed' : 'started'}. ${JSON.stringify(spec)}`);
    this.#store(keeper.record);
    this.#trim();
    const shown = screen.begin(keeper.record, () => controller.abort());
    const beat = setInterval(() => {
      keeper.beat(world.now());
      if (!this.#isClosing) this.#save(keeper.record);
    }, BEAT_MS);
    let tell: () => void;
    try {
      const result = await this.#listen(keeper, controller.signal, isResumed, (record) => shown.update(record));
      tell = this.#done(keeper, outcomeOf(result, subjectOf(spec), world.now() - begun, voice));
    } catch (error) {
      tell = this.#stopped(keeper, error);
    }
    clearInterval(beat);
    this.#live.delete(id);
    this.#store(keeper.record);
    shown.end();
    if (!this.#isClosing) tell();
    return keeper.record;
  }

  async #listen(keeper: RecordKeeper, signal: AbortSignal, isResumed: boolean, show: (record: RunRecord) => void): Promise<RunResult> {
    const { session, world, log, voice, readSettings, places, chainFor } = this.#parts;
    const settings = readSettings();
    const title = endedTitle(keeper.record.spec, voice);
    const context: JobContext = {
      session,
      settings,
      isResumed,
      places,
      chainFor,
      options: { world, signal, limits: settings.limits, limiter: this.#limiter },
    };
    let result: RunResult | undefined;
    let savedAt = world.now();
    for await (const event of eventsOf(keeper.record.spec, context)) {
      if (event.type === 'result') result = event.result;
      logEvent(log, title, event, voice);
      if (this.#isClosing || !keeper.hear(event, world.now())) continue;
      this.#records.set(keeper.record.id, keeper.record);
      show(keeper.record);
      this.#changed.fire(keeper.record);
      if (event.type === 'progress' && world.now() - savedAt < SAVE_EVERY_MS) continue;
      savedAt = world.now();
      this.#save(keeper.record);
    }
    return result!;
  }

  /** @returns what tells the user */
  #done(keeper: RecordKeeper, { text, mood, moved }: Outcome): () => void {
    const { world, log, screen } = this.#parts;
    keeper.end(
      mood === 'good' ? { state: 'done', outcome: text, moved } : { state: 'failed', outcome: text, errorCode: 'integrity', moved },
      world.now(),
    );
    if (mood === 'good') log.info(text);
    else log.error(text);
    return () => screen.tellDone(keeper.record, mood);
  }

  /** @returns what tells the user */
  #stopped(keeper: RecordKeeper, error: unknown): () => void {
    const { screen, world, log, voice } = this.#parts;
    const { spec } = keeper.record;
    const title = endedTitle(spec, voice);
    const now = world.now();
    if (isBackupError(error, 'cancelled')) {
      log.info(`${title}: stopped.`);
      if (spec.job === 'copy') {
        const outcome = voice.t(
          'Stopped. The copy was aborted, which leaves an empty blob at {0}: delete it, or choose another name.',
          spec.target,
        );
        keeper.end({ state: 'failed', errorCode: error.code, outcome }, now);
      } else keeper.end({ state: 'resumable' }, now);
      return () => screen.tellStopped(keeper.record);
    }
    const failure = failureOf(error, voice);
    log.error(`${title}: ${failure.text}`, error);
    // What another try goes on with is offered like any interrupted run.
    const state = failure.remedies.includes('resume') && goesOn(spec) ? 'resumable' : 'failed';
    keeper.end(this.#isClosing ? { state: 'resumable' } : { state, errorCode: failure.code, outcome: failure.text }, now);
    return () => screen.tellFailed(keeper.record, failure);
  }

  #trim(): void {
    for (const { id } of surplus([...this.#records.values()], MOST_RECORDS)) {
      this.#records.delete(id);
      this.#parts.files.remove(id);
    }
  }

  #store(record: RunRecord): void {
    this.#records.set(record.id, record);
    this.#save(record);
    this.#changed.fire(record);
  }

  /** A record that cannot be written down costs the list its memory, never the run. */
  #save(record: RunRecord): void {
    try {
      this.#parts.files.save(record);
    } catch (error) {
      this.#parts.log.warn(`The record of a run could not be written: ${String(error)}`);
    }
  }
}

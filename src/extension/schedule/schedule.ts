import { Disposable, EventEmitter, l10n, workspace, type Uri } from 'vscode';
import type { RetentionPolicy } from '../../engine/retention/policy.ts';
import type { JobOptions } from '../../engine/tools.ts';
import type { World } from '../../engine/world.ts';
import type { PolicyChain } from '../../policy/apply/expand.ts';
import type { Memory } from '../accounts/storage.ts';
import type { Fleet, ReadPolicyFile } from '../fleet/fleet.ts';
import { rowKey, type FleetRow } from '../fleet/fleetRow.ts';
import type { RowStanding } from '../fleet/fleetWords.ts';
import type { Log } from '../log.ts';
import type { PolicyRun, RunRegistry, RunSpec } from '../runs/run.ts';
import type { PolicySession } from '../session.ts';
import { setContexts } from '../tree/contextKeys.ts';
import { urlKey } from '../words/places.ts';
import type { Voice } from '../words/voice.ts';
import type { PolicyFiles } from './policyFiles.ts';
import type { ScheduleActions } from './scheduleActions.ts';
import type { Scheduler } from './scheduler.ts';
import { Switches } from './switches.ts';
import type { PolicyFault, ScheduleState, Troubled, TroubleScreen } from './troubleScreen.ts';

export interface ScheduleParts {
  readonly files: Pick<PolicyFiles, 'find' | 'read' | 'onDidChange'>;
  readonly memory: Memory;
  readonly session: PolicySession;
  readonly runs: RunRegistry;
  readonly screen: Pick<TroubleScreen, 'show' | 'hide'>;
  readonly world: World;
  /** World and patience for short questions. */
  readonly job: JobOptions;
  readonly voice: Voice;
  readonly log: Log;
}

/** What is loaded with the first policy, not with the extension. */
interface Heart {
  readonly fleet: Fleet;
  readonly scheduler: Scheduler;
  readonly readPolicy: typeof import('../../policy/file/readPolicy.ts').readPolicy;
  readonly trouble: readonly string[];
}

/** Patterns may match other disks than before. */
const LOAD_EVERY_MS = 60 * 60_000;
/** VS Code has just started, and so may have other windows of it: they begin at different moments. */
const START_MS = 10_000;
const START_SPREAD_MS = 30_000;

/** Scheduled backups of this window: what is switched on is read, watched and run. A policy in a folder that is not trusted does none of it. */
export class Schedule implements ScheduleActions, Disposable {
  readonly switches: Switches;
  readonly #parts: ScheduleParts;
  readonly #changed = new EventEmitter<void>();
  /** Standings, switches or chains have changed. */
  readonly onDidChange = this.#changed.event;
  readonly #listening: Disposable;
  readonly #closing = new AbortController();
  #heart: Promise<Heart> | undefined;
  #ready: Heart | undefined;
  #isLooping = false;
  /** Somebody looks at the fleet: policies that are not switched on are read too. */
  #isSeen = false;
  /** The last reading of the policies, over or under way; undefined before the first. */
  #loading: Promise<void> | undefined;
  #faults: readonly PolicyFault[] = [];
  /** Context keys as they were set last. */
  #contexts = '';

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
    this.switches = new Switches(parts.memory);
    this.#listening = Disposable.from(
      parts.files.onDidChange((uri) => void this.#fileChanged(uri)),
      workspace.onDidGrantWorkspaceTrust(() => void this.#start()),
    );
    void this.#start();
  }

  get fleet(): Fleet | undefined {
    return this.#ready?.fleet;
  }

  /** Sentences about policies that cannot be run as they are. */
  get faults(): readonly string[] {
    return this.#faults.map(({ text }) => text);
  }

  /** What a policy that is switched on says of the chain of a run. */
  async chainFor(run: PolicyRun): Promise<PolicyChain | undefined> {
    const { policy } = run.schedule ?? {};
    if (policy === undefined || !workspace.isTrusted || !this.switches.isOn(policy)) return undefined;
    const find = (): PolicyChain | undefined => this.fleet?.find(policy, run.source, run.backup)?.chain;
    const known = find();
    if (known) return known;
    // Right after VS Code has started nobody has read the policies yet, and a run may be gone on with by hand.
    await (this.#loading ?? this.load());
    return find();
  }

  async files(): Promise<readonly string[]> {
    return (await this.#parts.files.find()).map(String);
  }

  read(uri: string): Promise<string | undefined> {
    return this.#parts.files.read(uri);
  }

  retentionOf(source: string, backup: string): RetentionPolicy | undefined {
    const rows = [...(this.fleet?.rows() ?? [])];
    const isSame = ({ chain }: FleetRow): boolean => urlKey(chain.source) === urlKey(source) && urlKey(chain.backup) === urlKey(backup);
    return rows.find(isSame)?.chain.rule.retention;
  }

  verificationOf(key: string): RunSpec | undefined {
    const row = this.fleet?.get(key);
    return row && this.#ready!.scheduler.verificationOf(row);
  }

  async look(keys: readonly string[]): Promise<void> {
    await this.fleet?.look(keys, this.#closing.signal);
    this.#tell();
  }

  standing(row: FleetRow): RowStanding {
    const key = rowKey(row);
    const { scheduler } = this.#ready!;
    const snoozedUntil = this.switches.snoozedUntil(key, this.#parts.world.now());
    return { standing: scheduler.standing(row), doing: scheduler.doing(key), next: scheduler.next(row), snoozedUntil };
  }

  /** Chains that want somebody and are not snoozed, the worst first. */
  troubled(): readonly Troubled[] {
    return this.#sorted().troubled;
  }

  #sorted(): Pick<ScheduleState, 'troubled' | 'unsettled'> {
    if (!this.#ready) return { troubled: [], unsettled: new Set() };
    const { fleet, trouble } = this.#ready;
    const rows = [...fleet.rows()].filter(({ policy }) => this.switches.isOn(policy));
    const awake = rows.map((row) => ({ row, about: this.standing(row) })).filter(({ about }) => about.snoozedUntil === undefined);
    const rank = ({ about }: Troubled): number => trouble.indexOf(about.standing);
    const unsettled = awake.filter((each) => rank(each) < 0 && each.about.standing !== 'good');
    return {
      troubled: awake.filter((each) => rank(each) >= 0).sort((a, b) => rank(a) - rank(b)),
      unsettled: new Set(unsettled.map(({ row }) => rowKey(row))),
    };
  }

  async setOn(policy: string, isOn: boolean): Promise<void> {
    await this.switches.setOn(policy, isOn);
    await this.load();
    this.#loop(0);
  }

  async setPaused(isPaused: boolean): Promise<void> {
    await this.switches.setPaused(isPaused);
    this.#tell();
  }

  /** @param keys chains; undefined for all @param until undefined wakes them */
  async snooze(keys: readonly string[] | undefined, until: number | undefined): Promise<void> {
    await this.switches.snooze(keys, until, this.#parts.world.now());
    this.#tell();
  }

  /** Runs what is due now, paused or not. */
  async runNow(): Promise<void> {
    await this.load();
    await this.#ready?.scheduler.runNow(this.#closing.signal);
  }

  /** The fleet is looked at: every policy of the workspace is read. */
  async see(): Promise<void> {
    this.#isSeen = true;
    await this.load();
  }

  /** Reads the policies anew and finds their disks. One after the other: the last one called sees the newest files. */
  load(): Promise<void> {
    const next = (this.#loading ?? Promise.resolve()).then(() => this.#load());
    this.#loading = next.catch(() => undefined);
    return next;
  }

  dispose(): void {
    this.#closing.abort();
    this.#listening.dispose();
    this.#ready?.fleet.dispose();
    this.#changed.dispose();
  }

  async #start(): Promise<void> {
    if (this.switches.on.length === 0 || !workspace.isTrusted) return;
    setContexts({ hasFleet: true });
    this.#loop(START_MS + this.#parts.world.random() * START_SPREAD_MS);
  }

  async #fileChanged(uri: Uri): Promise<void> {
    const { log } = this.#parts;
    if (this.#ready && (this.#isSeen || this.switches.isOn(uri.toString()))) {
      await this.load().catch((error: unknown) => log.warn(`Reading a policy: ${String(error)}`));
    }
  }

  /** Works while this window is open; a second call does nothing. */
  #loop(after: number): void {
    if (this.#isLooping || this.switches.on.length === 0 || !workspace.isTrusted) return;
    this.#isLooping = true;
    const { signal } = this.#closing;
    const { world, log } = this.#parts;
    const keepLoaded = async (): Promise<void> => {
      if (after > 0) await world.sleep(after, signal);
      if (after > 0) await this.load();
      void this.#ready?.scheduler.run(signal);
      for (;;) {
        await world.sleep(LOAD_EVERY_MS, signal);
        await this.load().catch((error: unknown) => log.warn(`Reading the policies: ${String(error)}`));
      }
    };
    keepLoaded().catch((error: unknown) => {
      this.#isLooping = false;
      if (!signal.aborted) log.error('Scheduled backups could not be started', error);
    });
  }

  async #load(): Promise<void> {
    const { files, world } = this.#parts;
    const isWanted = workspace.isTrusted && (this.#isSeen || this.switches.on.length > 0);
    if (!isWanted && !this.#ready) return;
    const heart = await this.#loadHeart();
    const uris = new Set(isWanted ? this.switches.on : []);
    if (isWanted && this.#isSeen) for (const uri of await files.find()) uris.add(uri.toString());
    const read: ReadPolicyFile[] = [];
    const faults: PolicyFault[] = [];
    for (const uri of uris) {
      const text = await files.read(uri);
      const isOn = this.switches.isOn(uri);
      const name = uri.slice(uri.lastIndexOf('/') + 1);
      const { policy, problems } = text === undefined ? { policy: undefined, problems: [] } : heart.readPolicy(text);
      if (policy) read.push({ uri, policy });
      else if (isOn) {
        const [first] = problems;
        const text = first
          ? l10n.t('{0} has a mistake in line {1}: {2}', name, first.line, first.message)
          : l10n.t('{0} is switched on and cannot be read.', name);
        faults.push({ policy: uri, text });
      }
    }
    await heart.fleet.load(read, this.#closing.signal);
    const unrunnable = heart.fleet.faults.filter(({ policy }) => this.switches.isOn(policy));
    this.#faults = [...faults, ...unrunnable.map(({ policy, what, text }) => ({ policy, text: l10n.t('{0}: {1}', what, text) }))];
    heart.scheduler.replan();
    setContexts({ hasFleet: uris.size > 0 || this.#isSeen });
    this.#parts.log.debug(`Policies read at ${new Date(world.now()).toISOString()}: ${uris.size}, ${heart.fleet.size} chains.`);
    this.#tell();
  }

  #tell(): void {
    const { screen } = this.#parts;
    if (this.switches.on.length === 0) screen.hide();
    else screen.show({ ...this.#sorted(), faults: this.#faults, isPaused: this.switches.isPaused });
    const [isOn, isPaused] = [this.switches.on.length > 0, this.switches.isPaused];
    const contexts = `${isOn} ${isPaused}`;
    if (contexts !== this.#contexts) setContexts({ scheduleOn: isOn, schedulePaused: isPaused });
    this.#contexts = contexts;
    this.#changed.fire();
  }

  #loadHeart(): Promise<Heart> {
    this.#heart ??= this.#makeHeart();
    return this.#heart;
  }

  async #makeHeart(): Promise<Heart> {
    const { session, runs, world, job, voice, log } = this.#parts;
    const [{ Fleet }, { Scheduler }, { TROUBLE }, { readPolicy }] = await Promise.all([
      import('../fleet/fleet.ts'),
      import('./scheduler.ts'),
      import('../fleet/standing.ts'),
      import('../../policy/file/readPolicy.ts'),
    ]);
    const fleet = new Fleet({ session, job, voice });
    const scheduler = new Scheduler({ fleet, runs, switches: this.switches, world, log, changed: () => this.#tell() });
    this.#ready = { fleet, scheduler, readPolicy, trouble: TROUBLE };
    return this.#ready;
  }
}

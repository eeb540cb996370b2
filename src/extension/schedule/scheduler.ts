import { isBackupError } from '../../engine/errors.ts';
import type { World } from '../../engine/world.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { rowKey, type FleetProblem, type FleetRow } from '../fleet/fleetRow.ts';
import { dueOfRow, standingOf, type ChainStanding, type Doing } from '../fleet/standing.ts';
import type { Log } from '../log.ts';
import type { RunRecord, RunRegistry, RunSpec } from '../runs/run.ts';
import { targetsOf } from '../runs/runTarget.ts';
import type { Switches } from './switches.ts';
import { askedVerification, Verifications } from './verifications.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** So often it is looked at the clock; nothing is asked for that. A timer for the exact moment would be lost in a sleeping laptop. */
const TICK_MS = 30 * SECOND;
/** Windows of VS Code that saw a window begin at once start within so long of one another, so that mostly one finds it served. */
const SPREAD_MS = 30 * SECOND;
/** The same for what was missed: after a long weekend all of it is due at once. */
const CATCH_UP_SPREAD_MS = 5 * MINUTE;
/** A look that is younger than this is believed when a run starts. */
const FRESH_MS = 10 * SECOND;
/** Runs at once: the machine has other things to do. */
const RUNS_AT_ONCE = 2;
/** Another process holds the chain. */
const BUSY_AGAIN_MS = 2 * MINUTE;
/** After failures it is tried again, each time twice as late. */
const FIRST_RETRY_MS = 5 * MINUTE;
const LAST_RETRY_MS = 60 * MINUTE;

/** Somebody else was first, or is at it: no failure. */
const OVERTAKEN: readonly string[] = ['busy', 'superseded', 'leaseHeld', 'leaseLost', 'epochMoved'];

export interface SchedulerParts {
  readonly fleet: Fleet;
  readonly runs: Pick<RunRegistry, 'all' | 'begin' | 'resume' | 'forget'>;
  readonly switches: Switches;
  readonly world: World;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** Told whenever the standing of chains may have changed. */
  readonly changed: () => void;
}

/** What the scheduler is about to do with one chain. */
interface Plan {
  /** It is looked at, and run where it is due, no earlier. */
  notBefore: number;
  /** Due, and waiting for its moment or its turn. */
  isWaiting: boolean;
  isRunning: boolean;
  /** The user wants it now, paused or not. */
  isForced: boolean;
  failures: number;
  failure: FleetProblem | undefined;
}

/**
 * Runs what is due of the policies that are switched on. A chain is asked only when its window begins: between windows no request is sent. Which process
 * serves a window is decided by the chain's catalogue and its lease; what is done here only keeps several of them from trying at once.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #plans = new Map<string, Plan>();
  readonly #verifications: Verifications;
  #running = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#verifications = new Verifications(parts);
  }

  /** Works until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { world, log } = this.#parts;
    while (!signal.aborted) {
      try {
        await this.tick(signal);
      } catch (error) {
        if (!signal.aborted) log.warn(`Scheduled backups could not be looked at: ${String(error)}`);
      }
      await world.sleep(TICK_MS, signal).catch(() => undefined);
    }
  }

  /** The policies were read anew: their windows may be others. Asks nobody. */
  replan(): void {
    const { fleet, world } = this.#parts;
    const now = world.now();
    for (const [key, plan] of this.#plans) {
      const row = fleet.get(key);
      if (!row) this.#plans.delete(key);
      else if (!plan.isRunning && !plan.isWaiting && plan.failures === 0 && row.facts) {
        const due = dueOfRow(row, now);
        plan.notBefore = due.isDue ? now : (due.next ?? Infinity);
      }
    }
  }

  /** One look at the clock, and what follows from it. Runs that it starts go on by themselves. */
  tick(signal: AbortSignal): Promise<void> {
    const next = this.#last.then(() => this.#tick(signal));
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Looks at every chain now, and runs what is due without waiting for its moment; also what failed or was stopped a while ago. */
  async runNow(signal: AbortSignal): Promise<void> {
    const { fleet, world } = this.#parts;
    const { switches } = this.#parts;
    const rows = [...fleet.rows()].filter(({ policy }) => switches.isOn(policy));
    const idle = rows.map(rowKey).filter((key) => !this.#plan(key).isRunning);
    await fleet.look(idle, signal);
    const now = world.now();
    for (const key of idle) {
      const row = fleet.get(key);
      if (!row || row.problem || !dueOfRow(row, now).isDue) continue;
      Object.assign(this.#plan(key), { notBefore: now, isWaiting: true, isForced: true });
    }
    await this.tick(signal);
  }

  doing(key: string): Doing {
    const plan = this.#plans.get(key);
    const verification = this.#verifications.doing(key, this.#mayRun(key));
    if (!plan) return { state: 'idle', verification };
    const state = plan.isRunning ? 'running' : plan.isWaiting && this.#mayRun(key) ? 'waiting' : 'idle';
    return { state, failure: plan.failure, verification };
  }

  /** The verification that its policy asks for, where it is due. */
  verificationOf(row: FleetRow): RunSpec | undefined {
    return askedVerification(row, this.#parts.world.now());
  }

  standing(row: FleetRow): ChainStanding {
    return standingOf(row, this.doing(rowKey(row)), this.#parts.world.now());
  }

  /** When the chain is due next, unless it is now. */
  next(row: FleetRow): number | undefined {
    return dueOfRow(row, this.#parts.world.now()).next;
  }

  #mayRun(key: string): boolean {
    const { switches, world, fleet } = this.#parts;
    const policy = fleet.get(key)?.policy;
    if (policy === undefined || !switches.isOn(policy)) return false;
    if (this.#plans.get(key)?.isForced) return true;
    return !switches.isPaused && switches.snoozedUntil(key, world.now()) === undefined;
  }

  async #tick(signal: AbortSignal): Promise<void> {
    const { fleet, world, changed } = this.#parts;
    const now = world.now();
    const toAsk = [...fleet.rows()].filter((row) => this.#isToAsk(row, now)).map(rowKey);
    await fleet.look(toAsk, signal);
    for (const key of toAsk) this.#decide(key);
    this.#startRuns(signal);
    this.#verifications.tick((key) => this.#isIdle(key) && this.#mayRun(key), signal);
    changed();
  }

  #isIdle(key: string): boolean {
    const { isRunning, isWaiting } = this.#plan(key);
    return !isRunning && !isWaiting;
  }

  /** A chain is asked when nobody has yet, and when its window has begun. */
  #isToAsk(row: FleetRow, now: number): boolean {
    const { isRunning, isWaiting, notBefore } = this.#plan(rowKey(row));
    return !isRunning && !isWaiting && now >= notBefore && this.#mayRun(rowKey(row));
  }

  /** After a look: when is the next one, or the run? */
  #decide(key: string): void {
    const { fleet, world } = this.#parts;
    const row = fleet.get(key);
    if (!row) return;
    const plan = this.#plan(key);
    const now = world.now();
    if (row.problem) return this.#later(plan, now);
    const due = dueOfRow(row, now);
    if (!due.isDue) return this.#served(plan, due.next);
    plan.isWaiting = true;
    plan.notBefore = now + world.random() * (due.missed ? CATCH_UP_SPREAD_MS : SPREAD_MS);
  }

  #startRuns(signal: AbortSignal): void {
    const now = this.#parts.world.now();
    const ready = [...this.#plans].filter(([key, { isWaiting, notBefore }]) => isWaiting && notBefore <= now && this.#mayRun(key));
    ready.sort(([, a], [, b]) => a.notBefore - b.notBefore);
    for (const [key, plan] of ready.slice(0, Math.max(0, RUNS_AT_ONCE - this.#running))) {
      plan.isWaiting = false;
      plan.isRunning = true;
      this.#running++;
      void this.#serve(key, plan, signal).finally(() => {
        plan.isRunning = false;
        plan.isForced = false;
        this.#running--;
        if (signal.aborted) return;
        this.#startRuns(signal);
        this.#parts.changed();
      });
    }
  }

  async #serve(key: string, plan: Plan, signal: AbortSignal): Promise<void> {
    const { fleet, world, log, changed } = this.#parts;
    try {
      const row = fleet.get(key);
      if (!row) return;
      if (world.now() - (row.askedAt ?? 0) > FRESH_MS) await fleet.look([key], signal);
      const fresh = fleet.get(key) ?? row;
      const due = dueOfRow(fresh, world.now());
      if (fresh.problem) return this.#later(plan, world.now());
      if (!due.isDue) return this.#served(plan, due.next);
      const record = await this.#backUp(fresh, changed);
      // Of this machine's runs it is known that they are at it: the chain waits for what comes of that.
      if (record === undefined) Object.assign(plan, { isWaiting: true, notBefore: world.now() + BUSY_AGAIN_MS });
      else await this.#ended(key, plan, record, signal);
    } catch (error) {
      if (isBackupError(error, 'cancelled')) return;
      log.warn(`A scheduled backup could not be begun: ${String(error)}`);
      this.#later(plan, world.now());
    }
  }

  /** @returns undefined where a run on this blob is under way already */
  async #backUp({ chain, policy }: FleetRow, begun: () => void): Promise<RunRecord | undefined> {
    const { runs } = this.#parts;
    const { source, backup, target } = chain;
    const schedule = { policy, ...(target.catalogue !== undefined && { catalogue: target.catalogue }) };
    const spec: RunSpec = { job: 'backup', source, backup, full: false, adopt: false, schedule };
    const [own] = targetsOf(spec);
    const same = runs.all().filter((run) => targetsOf(run.spec).includes(own));
    if (same.some(({ state }) => state === 'running')) return undefined;
    const isOurs = ({ spec: other }: RunRecord): boolean =>
      other.job === 'backup' && other.schedule?.policy === policy && other.source === source;
    // An earlier try that failed is past with this one.
    for (const { id, state } of same.filter(isOurs)) if (state === 'failed') runs.forget(id);
    const interrupted = same.find((run) => isOurs(run) && run.state === 'resumable');
    const ended = interrupted ? runs.resume(interrupted.id) : runs.begin(spec).ended;
    begun();
    return ended;
  }

  async #ended(key: string, plan: Plan, { id, state, errorCode, outcome }: RunRecord, signal: AbortSignal): Promise<void> {
    const { fleet, runs, world } = this.#parts;
    if (errorCode !== undefined && OVERTAKEN.includes(errorCode)) {
      // Nothing that anybody would want to read of in the list of runs.
      runs.forget(id);
      plan.notBefore = world.now() + BUSY_AGAIN_MS;
      return;
    }
    if (state === 'done') Object.assign(plan, { failures: 0, failure: undefined });
    else if (errorCode !== undefined) plan.failure = { text: outcome ?? errorCode, code: errorCode };
    await fleet.look([key], signal);
    const now = world.now();
    const row = fleet.get(key);
    const next = row && dueOfRow(row, now).next;
    if (state === 'done') plan.notBefore = next ?? Infinity;
    else if (errorCode !== undefined) this.#later(plan, now);
    // The user stopped it: this window is theirs.
    else plan.notBefore = next ?? Infinity;
  }

  /** Somebody has backed the disk up since: an earlier failure is past. */
  #served(plan: Plan, next: number | undefined): void {
    Object.assign(plan, { failures: 0, failure: undefined, isWaiting: false, notBefore: next ?? Infinity });
  }

  #later(plan: Plan, now: number): void {
    plan.isWaiting = false;
    plan.notBefore = now + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** plan.failures++);
  }

  #plan(key: string): Plan {
    const plan = this.#plans.get(key) ?? {
      notBefore: 0,
      isWaiting: false,
      isRunning: false,
      isForced: false,
      failures: 0,
      failure: undefined,
    };
    this.#plans.set(key, plan);
    return plan;
  }
}

import { isBackupError } from '../../engine/errors.ts';
import type { World } from '../../engine/world.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { isPassing, rowKey, type FleetProblem, type FleetRow } from '../fleet/fleetRow.ts';
import type { DoingVerification } from '../fleet/standing.ts';
import { verifyDueOfRow } from '../fleet/verifyDueOfRow.ts';
import type { Log } from '../log.ts';
import type { RunRegistry, RunSpec } from '../runs/run.ts';
import { targetsOf } from '../runs/runTarget.ts';
import { urlKey } from '../words/places.ts';

const MINUTE = 60_000;
/** Windows of VS Code that see at once that a chain is due begin within so long of one another, so that mostly one finds it done. */
const SPREAD_MS = 5 * MINUTE;
/** Where nothing came of it: somebody else was at it, or it failed. */
const AGAIN_MS = 60 * MINUTE;
/** Its user stopped it. */
const STOPPED_MS = 12 * 60 * MINUTE;
/** One that nothing came of for so long is not about to be done: others are before it, or it is tried in vain. */
const PENDING_MS = 24 * 60 * MINUTE;

export interface VerificationParts {
  readonly fleet: Fleet;
  readonly runs: Pick<RunRegistry, 'all' | 'begin' | 'forget'>;
  readonly world: World;
  readonly log: Pick<Log, 'warn'>;
  /** Told whenever the standing of chains may have changed. */
  readonly changed: () => void;
}

/** What is about to be done with a chain whose verification is due. */
interface Turn {
  /** It is begun with no earlier; milliseconds, as are the others. */
  notBefore: number;
  /** Since when it is wanted here. */
  readonly dueSince: number;
  failure: FleetProblem | undefined;
}

/** Verifies what policies want verified, one chain at a time: backups come first, and the machine has other things to do. */
export class Verifications {
  readonly #parts: VerificationParts;
  /** By the key of the chain; one whose verification is not due has none. */
  readonly #turns = new Map<string, Turn>();
  #isRunning = false;

  constructor(parts: VerificationParts) {
    this.#parts = parts;
  }

  /** One look at the clock; asks nothing where nothing is due. @param mayRun is the chain idle, switched on and not paused? */
  tick(mayRun: (key: string) => boolean, signal: AbortSignal): void {
    const { fleet, world } = this.#parts;
    const now = world.now();
    for (const key of this.#turns.keys()) if (isDone(fleet.get(key), now)) this.#turns.delete(key);
    if (this.#isRunning) return;
    for (const row of fleet.rows()) {
      const key = rowKey(row);
      if (!isDue(row, now) || !mayRun(key)) continue;
      const turn = this.#turns.get(key) ?? {
        notBefore: now + world.random() * SPREAD_MS,
        dueSince: now,
        failure: undefined,
      };
      this.#turns.set(key, turn);
      if (turn.notBefore > now) continue;
      this.#isRunning = true;
      void this.#verify(key, turn, signal).finally(() => {
        this.#isRunning = false;
        if (!signal.aborted) this.#parts.changed();
      });
      return;
    }
  }

  /** What is done about a chain. @param mayRun is it switched on and not paused? */
  doing(key: string, mayRun: boolean): DoingVerification {
    const { dueSince = Infinity, failure } = this.#turns.get(key) ?? {};
    return { isPending: mayRun && this.#parts.world.now() - dueSince <= PENDING_MS, failure };
  }

  async #verify(key: string, turn: Turn, signal: AbortSignal): Promise<void> {
    const { fleet, world, log } = this.#parts;
    const later = (ms: number): void => void (turn.notBefore = world.now() + ms);
    try {
      // What is known may be hours old.
      await fleet.look([key], signal);
      const row = fleet.get(key);
      if (!row || isDone(row, world.now())) return void this.#turns.delete(key);
      if (!isDue(row, world.now())) return later(AGAIN_MS);
      const state = await this.#run(row, turn);
      await fleet.look([key], signal);
      if (state === 'done') this.#turns.delete(key);
      else later(state === 'stopped' ? STOPPED_MS : AGAIN_MS);
    } catch (error) {
      later(AGAIN_MS);
      if (!isBackupError(error, 'cancelled')) log.warn(`A scheduled verification could not be begun: ${String(error)}`);
    }
  }

  async #run({ chain, policy, facts }: FleetRow, turn: Turn): Promise<'done' | 'stopped' | 'nothing'> {
    const { runs } = this.#parts;
    const { source, backup, target } = chain;
    const schedule = { policy, ...(target.catalogue !== undefined && { catalogue: target.catalogue }) };
    const spec: RunSpec = { job: 'verify', source, backup, number: facts!.newest!.number, schedule };
    const chainOf = [targetsOf(spec)[0], urlKey(backup)];
    const same = runs.all().filter((run) => targetsOf(run.spec).some((target) => chainOf.includes(target)));
    if (same.some(({ state }) => state === 'running')) return 'nothing';
    // An earlier one that came to nothing is past with this one.
    for (const { id, state, spec: other } of same)
      if (other.job === 'verify' && other.schedule?.policy === policy && state !== 'done') runs.forget(id);
    const { id, state, errorCode, outcome } = await runs.begin(spec).ended;
    if (state === 'done') return 'done';
    if (state === 'resumable') return 'stopped';
    // Nothing that anybody would want to read of in the list of runs.
    if (errorCode === 'superseded') runs.forget(id);
    else if (errorCode !== undefined) {
      const failure = { text: outcome ?? errorCode, code: errorCode };
      // While there is no network, what was wrong before is still wrong.
      if (!turn.failure || !isPassing(failure)) turn.failure = failure;
    }
    return 'nothing';
  }
}

/** The verification that the policy asks for, where it is due, whatever else is the matter with the chain just now. */
export function askedVerification(row: FleetRow, now: number): RunSpec | undefined {
  if (!isDue(row, now)) return undefined;
  const { chain, facts } = row;
  return { job: 'verify', source: chain.source, backup: chain.backup, number: facts!.newest!.number, proof: chain.rule.verify!.proof };
}

function isDue(row: FleetRow, now: number): boolean {
  return !row.problem && Boolean(verifyDueOfRow(row, now)?.isDue);
}

/** Is it known that nothing is due? A chain that is not found today may be tomorrow. */
function isDone(row: FleetRow | undefined, now: number): boolean {
  return row !== undefined && !row.problem && !verifyDueOfRow(row, now)?.isDue;
}

import { isBackupError } from '../../engine/errors.ts';
import type { World } from '../../engine/world.ts';
import { verifyDueOf } from '../../policy/windows/verifyDue.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { rowKey, type FleetRow } from '../fleet/fleetRow.ts';
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

export interface VerificationParts {
  readonly fleet: Fleet;
  readonly runs: Pick<RunRegistry, 'all' | 'begin' | 'forget'>;
  readonly world: World;
  readonly log: Pick<Log, 'warn'>;
  /** Told whenever the standing of chains may have changed. */
  readonly changed: () => void;
}

/** Verifies what policies want verified, one chain at a time: backups come first, and the machine has other things to do. */
export class Verifications {
  readonly #parts: VerificationParts;
  /** When a chain is begun with, by its key. */
  readonly #notBefore = new Map<string, number>();
  #isRunning = false;

  constructor(parts: VerificationParts) {
    this.#parts = parts;
  }

  /** One look at the clock; asks nothing where nothing is due. @param mayRun is the chain idle, switched on and not paused? */
  tick(mayRun: (key: string) => boolean, signal: AbortSignal): void {
    if (this.#isRunning) return;
    const { fleet, world } = this.#parts;
    const now = world.now();
    for (const row of fleet.rows()) {
      const key = rowKey(row);
      if (!isDue(row, now) || !mayRun(key)) continue;
      const notBefore = this.#notBefore.get(key) ?? now + world.random() * SPREAD_MS;
      this.#notBefore.set(key, notBefore);
      if (notBefore > now) continue;
      this.#isRunning = true;
      void this.#verify(key, signal).finally(() => {
        this.#isRunning = false;
        if (!signal.aborted) this.#parts.changed();
      });
      return;
    }
  }

  async #verify(key: string, signal: AbortSignal): Promise<void> {
    const { fleet, world, log } = this.#parts;
    const later = (ms: number): void => void this.#notBefore.set(key, world.now() + ms);
    try {
      // What is known may be hours old.
      await fleet.look([key], signal);
      const row = fleet.get(key);
      if (!row || !isDue(row, world.now())) return void this.#notBefore.delete(key);
      const state = await this.#run(row);
      await fleet.look([key], signal);
      if (state === 'done') this.#notBefore.delete(key);
      else later(state === 'stopped' ? STOPPED_MS : AGAIN_MS);
    } catch (error) {
      later(AGAIN_MS);
      if (!isBackupError(error, 'cancelled')) log.warn(`A scheduled verification could not be begun: ${String(error)}`);
    }
  }

  async #run({ chain, policy, facts }: FleetRow): Promise<'done' | 'stopped' | 'nothing'> {
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
    const { id, state, errorCode } = await runs.begin(spec).ended;
    if (state === 'done') return 'done';
    if (state === 'resumable') return 'stopped';
    // Nothing that anybody would want to read of in the list of runs.
    if (errorCode === 'superseded') runs.forget(id);
    return 'nothing';
  }
}

function isDue({ chain, facts, problem }: FleetRow, now: number): boolean {
  const { verify } = chain.rule;
  if (!verify || problem || !facts?.newest || facts.isWrong) return false;
  return verifyDueOf(verify, facts.verifiedOn, now).isDue;
}

import { BackupError, isBackupError, type ErrorCode } from '../../engine/errors.ts';
import { resultOf, type Emit, type RunEvent } from '../../engine/events.ts';
import type { BackupResult } from '../../engine/jobs/backup/backupRun.ts';
import { planBackup } from '../../engine/jobs/backup/plan.ts';
import type { BackupRequest } from '../../engine/jobs/backup/request.ts';
import { runBackup } from '../../engine/jobs/backup/run.ts';
import { planPrune } from '../../engine/jobs/prune/plan.ts';
import { runPrune, type PruneResult } from '../../engine/jobs/prune/run.ts';
import { toolsFor, type JobOptions } from '../../engine/tools.ts';
import { isPremium, premiumRefusal } from '../windows/premium.ts';
import { dueNow, lookAtChain, lookedAt, type ChainLook, type ChainPorts } from './chainLook.ts';
import type { PolicyChain } from './expand.ts';

/** What became of one chain. */
export interface ChainOutcome {
  readonly chain: PolicyChain;
  /**
   * `served`: another process has served its window. `busy`: another run holds its backup blob, and its window is not served yet. `failed`: the backup, or
   * the prune after it. `pruned`: of a prune without a backup.
   */
  readonly outcome: 'backedUp' | 'unchanged' | 'notDue' | 'served' | 'busy' | 'failed' | 'pruned';
  /** In plain words. */
  readonly reason: string;
  /** When it is due next, in milliseconds. */
  readonly next: number | undefined;
  /** Windows went by without a look at the disk, and this run made up for them. */
  readonly missed: boolean;
  readonly backup?: BackupResult | undefined;
  readonly prune?: PruneResult | undefined;
  readonly error?: BackupError | undefined;
  readonly warnings: readonly string[];
  /** When the disk was last known to equal its newest point, in milliseconds; undefined where that point was found wrong, or nobody looked. */
  readonly goodOn?: number | undefined;
}

/** Another run holds the backup blob, or took it over. */
const OVERTAKEN: readonly ErrorCode[] = ['busy', 'superseded', 'leaseHeld', 'leaseLost', 'epochMoved'];

/** So many times a run that another process overtook is begun again. */
const TRIES = 3;

/**
 * Does what is due for one chain: a backup, then a prune. Never throws but `cancelled`.
 * @param emit hears what the runs tell while they work
 * @throws cancelled
 */
export async function applyChain(
  chain: PolicyChain,
  ports: ChainPorts,
  options: JobOptions,
  emit: Emit = () => undefined,
): Promise<ChainOutcome> {
  const warnings: string[] = [];
  const hear = (event: RunEvent): void => {
    if (event.type === 'warning') warnings.push(event.text);
    if (event.type !== 'result') emit(event);
  };
  let look: ChainLook | undefined;
  const about = () => ({ chain, missed: look?.due.missed ?? false, next: look?.due.next, warnings, goodOn: look && goodOn(look) });
  try {
    for (let attempt = 1; ; attempt++) {
      look = await lookAtChain(chain, ports, options);
      const begun = options.world.now();
      if (!look.due.isDue) return { ...about(), outcome: attempt === 1 ? 'notDue' : 'served', reason: look.due.reason };
      try {
        const backup = await backUp(chain, ports, look, options, hear);
        if (typeof backup === 'string') return { ...about(), outcome: 'notDue', reason: backup };
        const outcome = {
          ...about(),
          goodOn: begun,
          outcome: backup.kind === 'unchanged' ? 'unchanged' : 'backedUp',
          reason: backup.reason,
          backup,
        } as const;
        return await pruned(outcome, ports, options, hear);
      } catch (error) {
        // Somebody was first: whether they have served the window shows in the catalogue.
        if (!isBackupError(error, 'superseded') || attempt >= TRIES) throw error;
      }
    }
  } catch (thrown) {
    const error = asBackupError(thrown);
    if (error.code === 'cancelled') throw error;
    const outcome = OVERTAKEN.includes(error.code) ? 'busy' : 'failed';
    return { ...about(), outcome, reason: error.message, error };
  }
}

function goodOn({ newest, index, lookedOn }: ChainLook): number | undefined {
  return newest && index.failed.has(newest.number) ? undefined : lookedOn;
}

/** @returns why no run may begin now, where none may */
async function backUp(
  chain: PolicyChain,
  ports: ChainPorts,
  look: ChainLook,
  options: JobOptions,
  hear: (event: RunEvent) => void,
): Promise<BackupResult | string> {
  const { transfer, proof, keepSourceSnapshots } = chain.rule;
  const isServed: BackupRequest['isServed'] = (index) => !dueNow(chain, lookedAt(look.newest, index), options.world.now()).isDue;
  const request: BackupRequest = { ...ports, transfer, keepSourceSnapshots, ...(proof && { proof }), isServed };
  const plan = await planBackup(request, options);
  if (plan.resumes?.snapshot === undefined) {
    const refusal = await premiumLimit(ports, look.lookedOn, options);
    if (refusal?.code === 'tooMany') throw new BackupError('snapshotLimit', refusal.text, { unharmed: 'Nothing was changed.' });
    if (refusal) return refusal.text;
  }
  return resultOf(runBackup(plan, request, options), hear);
}

async function premiumLimit(
  { source }: ChainPorts,
  lookedOn: number | undefined,
  options: JobOptions,
): Promise<ReturnType<typeof premiumRefusal>> {
  const { retrier, signal, world } = toolsFor(options);
  const { tier } = await retrier.repeat('properties', () => source.image().properties({ signal }), signal);
  if (!isPremium(tier)) return undefined;
  const count = async (): Promise<number> => {
    let snapshots = 0;
    for await (const _ of source.snapshots({ signal })) snapshots++;
    return snapshots;
  };
  return premiumRefusal({ tier, snapshots: await retrier.repeat('snapshots', count, signal), lookedOn, now: world.now() });
}

/** Prunes after the backup. That somebody else is at work there already is no failure: the next prune does what this one left. */
async function pruned(
  outcome: ChainOutcome & { readonly backup: BackupResult },
  ports: ChainPorts,
  options: JobOptions,
  hear: (event: RunEvent) => void,
): Promise<ChainOutcome> {
  const policy = outcome.chain.rule.retention;
  if (!policy) return outcome;
  try {
    const request = { ...ports, policy };
    const prune = await resultOf(runPrune(await planPrune(request, options), request, options), hear);
    const error = prune.refused[0]?.error;
    return error ? { ...outcome, prune, outcome: 'failed', reason: notPruned(error), error } : { ...outcome, prune };
  } catch (thrown) {
    const error = asBackupError(thrown);
    if (error.code === 'cancelled') throw error;
    if (error.code === 'busy' || error.code === 'leaseHeld')
      return { ...outcome, warnings: [...outcome.warnings, `Not pruned this time: ${error.message}`] };
    return { ...outcome, outcome: 'failed', reason: notPruned(error), error };
  }
}

function notPruned(error: BackupError): string {
  return `The backup is done, but not all points that should go could be deleted: ${error.message}`;
}

function asBackupError(thrown: unknown): BackupError {
  if (thrown instanceof BackupError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new BackupError('unexpected', `Something happened that this program did not expect: ${text}`, { cause: thrown });
}

import { BackupError, isBackupError } from '../../engine/errors.ts';
import { resultOf } from '../../engine/events.ts';
import { planPrune } from '../../engine/jobs/prune/plan.ts';
import { runPrune } from '../../engine/jobs/prune/run.ts';
import type { JobOptions } from '../../engine/tools.ts';
import type { ChainOutcome } from './applyChain.ts';
import type { ChainPorts } from './chainLook.ts';
import type { PolicyChain } from './expand.ts';

/**
 * Deletes the points of one chain that its rules do not keep, and does nothing else: for an identity of its own. What another run holds is left to the
 * next prune.
 * @throws cancelled
 */
export async function pruneChain(chain: PolicyChain, ports: ChainPorts, options: JobOptions): Promise<ChainOutcome> {
  const warnings: string[] = [];
  const about = { chain, next: undefined, missed: false, warnings };
  const policy = chain.rule.retention;
  if (!policy) return { ...about, outcome: 'notDue', reason: 'the policy keeps every point' };
  try {
    const request = { ...ports, policy };
    const prune = await resultOf(runPrune(await planPrune(request, options), request, options), (event) => {
      if (event.type === 'warning') warnings.push(event.text);
    });
    const error = prune.refused[0]?.error;
    if (error)
      return { ...about, prune, outcome: 'failed', reason: `Not all points that should go could be deleted: ${error.message}`, error };
    if (prune.deleted.length === 0) return { ...about, prune, outcome: 'notDue', reason: 'no point has to go' };
    return { ...about, prune, outcome: 'pruned', reason: 'no rule keeps them' };
  } catch (thrown) {
    if (isBackupError(thrown, 'cancelled')) throw thrown;
    if (isBackupError(thrown, 'blobNotFound')) return { ...about, outcome: 'notDue', reason: 'there is no backup yet' };
    if (isBackupError(thrown, 'busy', 'leaseHeld'))
      return { ...about, outcome: 'notDue', reason: `not pruned this time: ${thrown.message}` };
    const error = isBackupError(thrown)
      ? thrown
      : new BackupError('unexpected', `This program did not expect: ${String(thrown)}`, { cause: thrown });
    return { ...about, outcome: 'failed', reason: error.message, error };
  }
}

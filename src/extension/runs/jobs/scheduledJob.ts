import { l10n } from 'vscode';
import { BackupError, throwIfCancelled } from '../../../engine/errors.ts';
import { runEvents, type RunEvent } from '../../../engine/events.ts';
import type { BackupResult } from '../../../engine/jobs/backup/backupRun.ts';
import { applyChain } from '../../../policy/apply/applyChain.ts';
import type { RunSpec } from '../run.ts';
import { backupJob } from './backupJob.ts';
import type { JobContext } from './jobContext.ts';
import { waitOutLease } from './waitOutLease.ts';

/**
 * A backup that a policy asked for, with the prune after it. Whether its window was served meanwhile is asked again, at the start and once the
 * backup blob is held, so that of several windows of VS Code one does it. Where no policy speaks of the chain any more, what was begun is ended
 * like any backup, and nothing is pruned.
 * @throws superseded where the window was served meanwhile
 */
export async function* scheduledJob(spec: RunSpec & { job: 'backup' }, context: JobContext): AsyncGenerator<RunEvent<BackupResult>> {
  const { session, options } = context;
  yield { type: 'phase', phase: 'preparing', text: 'Looking at the disk and its backup.' };
  const chain = await context.chainFor?.(spec);
  throwIfCancelled(options.signal);
  if (!chain) {
    yield* backupJob(spec, context);
    return;
  }
  const [source, backup, catalogue] = await Promise.all([
    session.pageBlob(chain.source),
    session.pageBlob(chain.backup),
    session.recordStoreFor(chain.backup, chain.target.catalogue),
  ]);
  const run = async (emit: Parameters<typeof applyChain>[3]): Promise<BackupResult> => {
    const { error, reason, backup: result } = await applyChain(chain, { source, backup, catalogue }, options, emit);
    // The backup may be done and only its prune have failed: the reason says so.
    if (error) throw result ? new BackupError(error.code, reason, { cause: error, hint: error.hint }) : error;
    if (!result) throw new BackupError('superseded', reason, { unharmed: l10n.t('Nothing was changed.') });
    return result;
  };
  yield* waitOutLease(() => runEvents(run), context);
}

import { l10n } from 'vscode';
import { BackupError } from '../../../engine/errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../../engine/events.ts';
import type { VerifyResult } from '../../../engine/jobs/verify/verify.ts';
import { verifyChain } from '../../../policy/apply/verifyChain.ts';
import type { RunSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';
import { verifyJob } from './verifyJob.ts';

/**
 * A verification that a policy asked for. Whether it is still due is asked again, so that of several windows of VS Code one does it. Where no policy
 * speaks of the chain any more, what was begun is ended like any verification.
 * @throws superseded where there was nothing to do
 */
export async function* scheduledVerifyJob(spec: RunSpec & { job: 'verify' }, context: JobContext): AsyncGenerator<RunEvent<VerifyResult>> {
  const { session, options } = context;
  const { source: url, backup: blob, schedule } = spec;
  const chain = url === undefined ? undefined : await context.chainFor?.({ source: url, backup: blob, schedule });
  if (!chain) {
    yield* verifyJob(spec, context);
    return;
  }
  yield { type: 'phase', phase: 'preparing', text: 'Reading the catalogue.' };
  const [source, backup, catalogue] = await Promise.all([
    session.pageBlob(chain.source),
    session.pageBlob(chain.backup),
    session.recordStoreFor(chain.backup, chain.target.catalogue),
  ]);
  yield* runEvents(async (emit: Emit): Promise<VerifyResult> => {
    const { outcome, error, reason, result } = await verifyChain(chain, { source, backup, catalogue }, options, emit);
    if (outcome === 'failed') throw error!;
    if (!result || outcome === 'unread') throw new BackupError('superseded', reason, { unharmed: l10n.t('Nothing was changed.') });
    return result;
  });
}

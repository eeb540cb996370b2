import type { RunEvent } from '../../../engine/events.ts';
import type { BackupResult } from '../../../engine/jobs/backup/backupRun.ts';
import { planBackup } from '../../../engine/jobs/backup/plan.ts';
import type { BackupRequest } from '../../../engine/jobs/backup/request.ts';
import { runBackup } from '../../../engine/jobs/backup/run.ts';
import type { RunSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';
import { waitOutLease } from './waitOutLease.ts';

export async function* backupJob(spec: RunSpec & { job: 'backup' }, context: JobContext): AsyncGenerator<RunEvent<BackupResult>> {
  const { session, settings, options } = context;
  yield { type: 'phase', phase: 'preparing', text: 'Looking at the disk and its backup.' };
  const [source, backup, catalogue] = await Promise.all([
    session.pageBlob(spec.source),
    session.pageBlob(spec.backup),
    session.recordStoreFor(spec.backup, spec.schedule?.catalogue),
  ]);
  const { transfer, proof, keepSourceSnapshots } = settings;
  const { full, adopt } = spec;
  const request: BackupRequest = { source, backup, catalogue, full, adopt, transfer, keepSourceSnapshots, ...(proof && { proof }) };
  yield* waitOutLease(async function* () {
    yield* runBackup(await planBackup(request, options), request, options);
  }, context);
}

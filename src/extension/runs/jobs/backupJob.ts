import { isBackupError } from '../../../engine/errors.ts';
import type { RunEvent } from '../../../engine/events.ts';
import type { BackupResult } from '../../../engine/jobs/backup/backupRun.ts';
import { planBackup, type BackupPlan } from '../../../engine/jobs/backup/plan.ts';
import type { BackupRequest } from '../../../engine/jobs/backup/request.ts';
import { runBackup } from '../../../engine/jobs/backup/run.ts';
import type { RunSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';

/** A window that died held its lease for a minute at most. */
const LEASE_GONE_MS = 70_000;
const LOOK_EVERY_MS = 3_000;

export async function* backupJob(spec: RunSpec & { job: 'backup' }, context: JobContext): AsyncGenerator<RunEvent<BackupResult>> {
  const { session, settings, options } = context;
  yield { type: 'phase', phase: 'preparing', text: 'Looking at the disk and its backup.' };
  const [source, backup, catalogue] = await Promise.all([
    session.pageBlob(spec.source),
    session.pageBlob(spec.backup),
    session.recordStoreFor(spec.backup),
  ]);
  const { transfer, proof, keepSourceSnapshots } = settings;
  const { full, adopt } = spec;
  const request: BackupRequest = { source, backup, catalogue, full, adopt, transfer, keepSourceSnapshots, ...(proof && { proof }) };
  const plan = yield* planned(request, context);
  yield* runBackup(plan, request, options);
}

/** The plan; the lease of the window that this run was interrupted in is waited out. */
async function* planned(request: BackupRequest, { isResumed, options }: JobContext): AsyncGenerator<RunEvent<never>, BackupPlan> {
  const { world, signal } = options;
  const begun = world.now();
  for (let told = false; ; told = true) {
    try {
      return await planBackup(request, options);
    } catch (error) {
      if (!isResumed || !isBackupError(error, 'busy') || world.now() - begun > LEASE_GONE_MS) throw error;
      if (!told) yield { type: 'note', text: 'Waiting until the lease of the interrupted run has ended: a minute at most.' };
      await world.sleep(LOOK_EVERY_MS, signal);
    }
  }
}

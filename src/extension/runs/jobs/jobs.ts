import type { RunEvent } from '../../../engine/events.ts';
import type { RunResult } from '../../words/outcome.ts';
import type { RunSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';

/** Runs what `spec` says. The engine is loaded with the first run, not with the extension. */
export async function* eventsOf(spec: RunSpec, context: JobContext): AsyncGenerator<RunEvent<RunResult>> {
  switch (spec.job) {
    case 'backup':
      if (spec.schedule) yield* (await import('./scheduledJob.ts')).scheduledJob(spec, context);
      else yield* (await import('./backupJob.ts')).backupJob(spec, context);
      break;
    case 'verify':
      if (spec.schedule) yield* (await import('./scheduledVerifyJob.ts')).scheduledVerifyJob(spec, context);
      else yield* (await import('./verifyJob.ts')).verifyJob(spec, context);
      break;
    case 'verifyAll':
      yield* (await import('./verifyAllJob.ts')).verifyAllJob(spec, context);
      break;
    case 'copy':
      yield* (await import('./copyJob.ts')).copyJob(spec, context);
      break;
    case 'promote':
      yield* (await import('./promoteJob.ts')).promoteJob(spec, context);
      break;
    case 'restore':
    case 'restoreChain':
    case 'restoreFile':
    case 'rewind':
      yield* (await import('./restoreJob.ts')).restoreJob(spec, context);
      break;
  }
}

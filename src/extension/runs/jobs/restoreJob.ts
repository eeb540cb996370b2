import type { RunEvent } from '../../../engine/events.ts';
import { planRestore } from '../../restore/plan.ts';
import type { RunResult } from '../../words/outcome.ts';
import type { RestoreSpec } from '../run.ts';
import type { JobContext } from './jobContext.ts';
import { waitOutLease } from './waitOutLease.ts';

/** Any restore. What an earlier try has written is found by the engine, so one that is resumed is planned anew. */
export async function* restoreJob(spec: RestoreSpec, context: JobContext): AsyncGenerator<RunEvent<RunResult>> {
  yield { type: 'phase', phase: 'preparing', text: 'Looking at the recovery point and at what it is restored to.' };
  const begin = async function* (): AsyncGenerator<RunEvent<RunResult>> {
    yield* (await planRestore(spec, context, context.options)).run();
  };
  // A file has no lease that could run out.
  yield* spec.job === 'restoreFile' ? begin() : waitOutLease(begin, context);
}

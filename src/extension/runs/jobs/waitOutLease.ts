import { isBackupError } from '../../../engine/errors.ts';
import type { RunEvent } from '../../../engine/events.ts';
import type { JobContext } from './jobContext.ts';

/** A window that died held its lease for a minute at most. */
const LEASE_GONE_MS = 70_000;
const LOOK_EVERY_MS = 3_000;

/** Runs a job; the lease of the window that this run was interrupted in is waited out. */
export async function* waitOutLease<Result>(
  begin: () => AsyncIterable<RunEvent<Result>>,
  { isResumed, options }: JobContext,
): AsyncGenerator<RunEvent<Result>> {
  const { world, signal } = options;
  const begun = world.now();
  for (let told = false; ; told = true) {
    try {
      yield* begin();
      return;
    } catch (error) {
      if (!isResumed || !isBackupError(error, 'busy') || world.now() - begun > LEASE_GONE_MS) throw error;
      if (!told) yield { type: 'note', text: 'Waiting until the lease of the interrupted run has ended: a minute at most.' };
      await world.sleep(LOOK_EVERY_MS, signal);
    }
  }
}

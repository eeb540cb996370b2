import { isBackupError } from '../../../engine/errors.ts';
import type { RunEvent } from '../../../engine/events.ts';
import type { JobContext } from './jobContext.ts';

/** A window that died held its lease for a minute at most. */
const LEASE_GONE_MS = 70_000;
const LOOK_EVERY_MS = 3_000;

/** Runs a job; the lease of the window that this run was interrupted in is waited out, which is a phase of its own. */
export async function* waitOutLease<Result>(
  begin: () => AsyncIterable<RunEvent<Result>>,
  { isResumed, options }: JobContext,
): AsyncGenerator<RunEvent<Result>> {
  const { world, signal } = options;
  const begun = world.now();
  for (let isWaiting = false; ;) {
    try {
      for await (const event of begin()) {
        // Each look at the lease begins with the first phase again; people go on seeing what is waited for.
        if (isWaiting && event.type === 'phase' && event.phase === 'preparing') continue;
        if (event.type === 'phase') isWaiting = false;
        yield event;
      }
      return;
    } catch (error) {
      if (!isResumed || !isBackupError(error, 'busy') || world.now() - begun > LEASE_GONE_MS) throw error;
      if (!isWaiting)
        yield { type: 'phase', phase: 'waiting', text: 'Waiting until the lease of the interrupted run has ended: a minute at most.' };
      isWaiting = true;
      await world.sleep(LOOK_EVERY_MS, signal);
    }
  }
}

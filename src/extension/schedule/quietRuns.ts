import type { RunRecord } from '../runs/run.ts';
import type { RunScreen } from '../runs/screen.ts';

/** Shows runs as before, but for those that a policy began: they are seen in the list of runs, and the schedule tells of what wants somebody. */
export function quietRuns(screen: RunScreen): RunScreen {
  return {
    begin: (record, cancel) => (isScheduled(record) ? { update: () => undefined, end: () => undefined } : screen.begin(record, cancel)),
    tellDone: (record, mood) => {
      if (!isScheduled(record)) screen.tellDone(record, mood);
    },
    // Only its user stops a run.
    tellStopped: (record) => screen.tellStopped(record),
    tellFailed: (record, failure) => {
      if (!isScheduled(record)) screen.tellFailed(record, failure);
    },
    tellClash: (record) => screen.tellClash(record),
  };
}

/** Did a policy begin the run? */
export function isScheduled({ spec }: Pick<RunRecord, 'spec'>): boolean {
  return (spec.job === 'backup' || spec.job === 'verify') && spec.schedule !== undefined;
}

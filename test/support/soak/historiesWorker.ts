import { parentPort } from 'node:worker_threads';
import fc from 'fast-check';
import { liveMixed, mixedHistories, Tally } from '../../fault/mixed.ts';

/** What is asked of a worker: so many random histories of all jobs in memory. */
export interface Batch {
  readonly seed: number;
  readonly runs: number;
}

/** What a worker answers. */
export interface Lived {
  readonly tally: Tally;
  /** The shortest history that breaks a law, and how. */
  readonly broken: string | undefined;
}

// Stacks of the refusals that every history is full of cost more than any other single thing; the test that repeats a seed has them.
Error.stackTraceLimit = 0;

parentPort?.on('message', ({ seed, runs }: Batch) => {
  void live(seed, runs).then((lived) => parentPort!.postMessage(lived));
});

async function live(seed: number, runs: number): Promise<Lived> {
  const tally = new Tally();
  const details = await fc.check(
    fc.asyncProperty(mixedHistories, (history) => liveMixed(history, tally)),
    { numRuns: runs, seed },
  );
  if (!details.failed) return { tally, broken: undefined };
  const { errorInstance: error } = details;
  const again = `PBB_SEED=${seed} PBB_HISTORIES=${runs} node --test test/fault/mixed.test.ts`;
  return {
    tally,
    broken: `${again}\n${await fc.asyncDefaultReportMessage(details)}\n${error instanceof Error ? error.stack : String(error)}`,
  };
}

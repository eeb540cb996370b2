import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { liveMixed, mixedHistories, Tally } from './mixed.ts';

const RUNS = Number(process.env['PBB_HISTORIES'] ?? 200);
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);

/** Promote alone asks for an ETag: besides its safety snapshot, and on a disk that nobody may be using. */
const withoutPromote = mixedHistories.map(({ seed, switches, steps }) => ({
  seed,
  switches: Object.assign(switches, { etags: 'equal' } as const),
  steps: steps.filter((step) => step.do !== 'job' || step.job !== 'promote'),
}));

test(`a blob whose ETag never changes, in ${RUNS} random histories: every law holds and all ends right, since nothing rests on it`, async () => {
  const tally = new Tally();
  await fc.assert(
    fc.asyncProperty(withoutPromote, (history) => liveMixed(history, tally)),
    { numRuns: RUNS, seed: SEED },
  );
  assert.ok(tally.points > RUNS && tally.restored > RUNS, `${tally.points} points, ${tally.restored} disks compared`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { liveMixed, mixedHistories, Tally } from './mixed.ts';

const RUNS = Number(process.env['PBB_HISTORIES'] ?? 400);
const SEED = Number(process.env['PBB_SEED'] ?? 20_261_122);

test(`all jobs mixed, two machines, foreigners and faults, in ${RUNS} random histories: every law holds and all ends right`, async () => {
  const tally = new Tally();
  await fc.assert(
    fc.asyncProperty(mixedHistories, (history) => liveMixed(history, tally)),
    { numRuns: RUNS, seed: SEED },
  );
  const ends = [...tally.jobs].map(([end, count]) => `${end} ${count}`).sort();
  console.log(`${tally.points} points, ${tally.restored} disks compared; ${ends.join(', ')}`);
  // A property over jobs that all fail would prove nothing.
  const done = (job: string) => tally.jobs.get(`${job} done`) ?? 0;
  for (const job of ['backup', 'twoBackups', 'verify', 'restoreToBlob', 'restoreToFile', 'restoreChain', 'rewind', 'promote', 'prune']) {
    assert.ok(done(job) > RUNS / 50, `${job} done ${done(job)} times`);
  }
});

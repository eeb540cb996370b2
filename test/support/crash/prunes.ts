import assert from 'node:assert/strict';
import { newestEqualsDisk, trespasses } from '../chain/chainViews.ts';
import type { MemoryChain } from '../chain/memoryChain.ts';
import { chainOfHalfDays, deletedSnapshots, pointsAreTrue, prune, standings } from '../chain/pruning.ts';
import type { Mortal } from './crashSweep.ts';

const POLICY = { last: 2, daily: 2 };

interface Scene {
  readonly chain: MemoryChain;
  /** How the points stand after a prune that nothing interrupts. */
  readonly wanted: Awaited<ReturnType<typeof standings>>;
}

/** No kept point is touched, the next prune finishes, and backups go on. */
export const PRUNE: Mortal<Scene> = {
  name: 'prune',
  async fresh(seed) {
    const whole = await chainOfHalfDays(8);
    await prune(whole, POLICY);
    return { chain: await chainOfHalfDays(8, { seed }), wanted: await standings(whole) };
  },
  run: ({ chain }) => prune(chain, POLICY),
  lawsHold: ({ chain }, when) => pointsAreTrue(chain, when),
  async endsRight({ chain, wanted }, when) {
    await prune(chain, POLICY);
    assert.deepEqual(await standings(chain), wanted, when);
    chain.write(40, 77);
    assert.equal((await chain.backup()).kind, 'incremental', when);
    assert.equal(await newestEqualsDisk(chain), undefined, when);
    await pointsAreTrue(chain, `${when}, and the next backup`);
    assert.deepEqual(await chain.faults(), [], when);
    assert.deepEqual(trespasses(chain), [], when);
    const named = new Set((await chain.entries()).map(({ backup }) => backup.snapshot));
    assert.ok(
      deletedSnapshots(chain).every(({ id }) => named.has(id)),
      `only catalogued points' snapshots are deleted, ${when}`,
    );
  },
};

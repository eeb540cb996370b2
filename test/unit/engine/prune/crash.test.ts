import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newestEqualsDisk, trespasses } from '../../../support/chain/chainViews.ts';
import type { MemoryChain } from '../../../support/chain/memoryChain.ts';
import { chainOfHalfDays, deletedSnapshots, pointsAreTrue, prune, standings } from '../../../support/chain/pruning.ts';
import { nthCall } from '../../../support/engine/faultPlans.ts';
import { Crash } from '../../../support/memory/faults.ts';

const POLICY = { last: 2, daily: 2 };

async function dies(chain: MemoryChain, at: number, effect: 'none' | 'done'): Promise<boolean> {
  chain.service.interceptor = nthCall(at, { kind: 'crash', effect });
  try {
    await prune(chain, POLICY);
    return false;
  } catch (error) {
    assert.ok(error instanceof Crash, String(error));
    return true;
  } finally {
    chain.service.interceptor = undefined;
    // The lease of the dead run runs out.
    chain.world.jump(61_000);
  }
}

describe('a prune that dies at any call, before or after its effect', () => {
  for (const effect of ['none', 'done'] as const) {
    it(`effect ${effect}: no kept point is touched, the next prune finishes, and backups go on`, async () => {
      const whole = await chainOfHalfDays(8);
      await prune(whole, POLICY);
      const wanted = await standings(whole);
      let died = 0;
      for (let at = 0, alive = false; !alive; at++) {
        const when = `after dying at call ${at}`;
        const chain = await chainOfHalfDays(8, { seed: at + 1 });
        alive = !(await dies(chain, at, effect));
        await pointsAreTrue(chain, when);
        // Another call each time, so that the sweep meets deaths of the recovery too.
        if (!alive && (await dies(chain, at % 23, effect))) await pointsAreTrue(chain, `${when}, and in the recovery`);
        if (at % 2 === 0) {
          await prune(chain, POLICY);
          assert.deepEqual(await standings(chain), wanted, when);
        }
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
        if (!alive) died = at;
      }
      assert.ok(died > 20, `the sweep went through all ${died} calls`);
    });
  }
});

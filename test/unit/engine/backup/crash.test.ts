import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeDisk, chainWithOnePoint, liveSnapshots, newestEqualsDisk, trespasses } from '../../../support/chain/chainViews.ts';
import { type MemoryChain, SOURCE } from '../../../support/chain/memoryChain.ts';
import { nthCall } from '../../../support/engine/faultPlans.ts';
import { Crash } from '../../../support/memory/faults.ts';

/** The recovery is made to die at every so many calls. */
const EVERY = 17;

/** A run that dies at its nth call. @returns the calls it made, or undefined when it ended before */
async function dies(chain: MemoryChain, at: number, effect: 'none' | 'done', transfer: 'relay' | 'server'): Promise<boolean> {
  chain.service.interceptor = nthCall(at, { kind: 'crash', effect });
  try {
    await chain.backup({ transfer, proof: 'changed' });
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

async function lawsHold(chain: MemoryChain, when: string): Promise<void> {
  assert.deepEqual(await chain.faults(), [], when);
  assert.deepEqual(trespasses(chain), [], when);
  const entries = await chain.entries();
  assert.equal(new Set(entries.map(({ run }) => run)).size, entries.length, `one recovery point a run, ${when}`);
  const anchor = entries.at(-1)!.source.snapshot;
  assert.ok(
    liveSnapshots(chain, SOURCE).some(({ id }) => id === anchor),
    `the anchor of the newest point is there, ${when}`,
  );
}

/** The next run commits, and then the newest point is the disk. */
async function nextRunCommits(chain: MemoryChain, transfer: 'relay' | 'server', when: string): Promise<void> {
  const before = (await chain.entries()).length;
  chain.write(6, 60);
  let last = await chain.backup({ transfer, proof: 'changed' });
  if (last.resumed) last = await chain.backup({ transfer, proof: 'changed' });
  const entries = await chain.entries();
  assert.ok(entries.length > before, `a new point, ${when}`);
  await lawsHold(chain, when);
  assert.equal(await newestEqualsDisk(chain), undefined, when);
}

describe('a process that dies at any call, before or after its effect', () => {
  for (const transfer of ['relay', 'server'] as const) {
    for (const effect of ['none', 'done'] as const) {
      it(`${transfer}, effect ${effect}: no wrong point, and the next run commits; also when the recovery dies in turn`, async () => {
        let first = 0;
        for (let at = 0, alive = false; !alive; at++) {
          const fresh = async () => {
            const chain = await chainWithOnePoint({ seed: at + 1, switches: { latency: { min: 0, max: 3 } } });
            changeDisk(chain);
            alive = !(await dies(chain, at, effect, transfer));
            await lawsHold(chain, `after dying at call ${at}`);
            return chain;
          };
          await nextRunCommits(await fresh(), transfer, `after dying at call ${at}`);
          if (alive) break;
          first = at;
          // Another recovery call each time, so that the sweep meets them all without trying every pair.
          for (let second = at % EVERY; ; second += EVERY) {
            const chain = await fresh();
            const died = await dies(chain, second, effect, transfer);
            const when = `after dying at call ${at}, and in the recovery at call ${second}`;
            await lawsHold(chain, when);
            await nextRunCommits(chain, transfer, when);
            if (!died) break;
          }
        }
        assert.ok(first > 40, `the sweep went through all ${first} calls`);
      });
    }
  }
});

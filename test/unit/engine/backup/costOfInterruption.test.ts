import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError } from '../../../../src/engine/errors.ts';
import { changeDisk, chainWithOnePoint, newestEqualsDisk } from '../../../support/chain/chainViews.ts';
import type { MemoryChain } from '../../../support/chain/memoryChain.ts';
import { nthCall } from '../../../support/engine/faultPlans.ts';
import { Crash, type Fault } from '../../../support/memory/faults.ts';

const INTERRUPTIONS: Readonly<Record<string, Fault | 'stop'>> = {
  'dies before the effect': { kind: 'crash', effect: 'none' },
  'dies after the effect': { kind: 'crash', effect: 'done' },
  'is stopped': 'stop',
  'loses a request': { kind: 'dropped' },
  'loses an answer': { kind: 'lostAnswer' },
  'writes half': { kind: 'torn' },
  'is heard late': { kind: 'late', calls: 30 },
  'is refused for good': { kind: 'throw', error: new BackupError('accessDenied', 'The key was changed.') },
};

async function scene(seed: number): Promise<MemoryChain> {
  const chain = await chainWithOnePoint({ seed, switches: { latency: { min: 0, max: 3 } } });
  changeDisk(chain);
  return chain;
}

/** Calls of both runs. @returns also how many a clean run makes that the interruption came too late for */
async function interrupted(at: number, how: Fault | 'stop', transfer: 'relay' | 'server') {
  const chain = await scene(at + 1);
  const from = chain.service.calls.length;
  const stop = new AbortController();
  chain.service.interceptor = how === 'stop' ? stopAt(at, stop) : nthCall(at, how);
  let ended = true;
  await chain.backup({ transfer, proof: 'changed' }, { signal: stop.signal }).catch((error: unknown) => {
    assert.ok(error instanceof Crash || error instanceof BackupError, String(error));
    ended = false;
  });
  chain.service.interceptor = undefined;
  const first = chain.service.calls.length - from;
  if (!ended) {
    // A lease that is taken late by a run that was stopped runs out like every other one.
    chain.service.late.deliver((about) => about.startsWith('acquireLease'));
    chain.world.jump(61_000);
    await chain.backup({ transfer, proof: 'changed' });
  }
  const calls = chain.service.calls.length - from;
  assert.deepEqual(await chain.faults(), []);
  assert.equal(await newestEqualsDisk(chain), undefined);
  return { calls, isOver: first <= at };
}

function stopAt(at: number, stop: AbortController) {
  let count = 0;
  return () => {
    if (count++ === at) stop.abort();
    return undefined;
  };
}

describe('an incremental run that is interrupted at any call', () => {
  for (const transfer of ['relay', 'server'] as const) {
    for (const [what, how] of Object.entries(INTERRUPTIONS)) {
      it(`${transfer}, ${what}: after the next run the point is right, at no more than twice the requests of a clean run`, async (t) => {
        const clean = await scene(1);
        const from = clean.service.calls.length;
        await clean.backup({ transfer, proof: 'changed' });
        const requests = clean.service.calls.length - from;
        let most = 0;
        let points = 0;
        for (let at = 0; ; at++) {
          const { calls, isOver } = await interrupted(at, how, transfer);
          if (isOver) break;
          points++;
          most = Math.max(most, calls);
        }
        t.diagnostic(`${requests} requests alone; ${most} at most when interrupted at one of ${points}`);
        assert.ok(points >= requests - 1);
        assert.ok(most <= 2 * requests, `${most} requests, and ${requests} without an interruption`);
      });
    }
  }
});

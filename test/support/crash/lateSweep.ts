import assert from 'node:assert/strict';
import { BackupError } from '../../../src/engine/errors.ts';
import type { MemoryChain } from '../chain/memoryChain.ts';
import { Crash } from '../memory/faults.ts';
import type { Mortal } from './crashSweep.ts';

/**
 * Lets the process of a job die at each of its writes in turn, and that request arrive only while the job is gone on with: before every so many of the
 * recovery's calls, beginning with another one each time.
 * @returns how many pairs were tried
 */
export async function lateSweep<Scene extends { readonly chain: MemoryChain }>(mortal: Mortal<Scene>, every: number): Promise<number> {
  let tried = 0;
  for (let at = 0; ; at++) {
    for (let arrival = at % every, calls = Infinity; arrival < calls; arrival += every) {
      const scene = await mortal.fresh(at + 1);
      const { service, world } = scene.chain;
      if (!(await diesSending(mortal, scene, at))) return tried;
      // It died of a read: nothing is under way.
      const [late] = service.late.pending;
      if (late === undefined) break;
      const when = `${late} of call ${at} arrives before call ${arrival} of the recovery`;
      const from = service.calls.length;
      service.interceptor = ({ index }) => {
        if (index - from === arrival) service.late.deliver();
        return undefined;
      };
      await mortal.run(scene).catch((error: unknown) => assert.ok(error instanceof BackupError, `${when}: ${String(error)}`));
      service.interceptor = undefined;
      calls = service.calls.length - from;
      service.late.deliver();
      await mortal.lawsHold(scene, when);
      world.jump(61_000);
      await mortal.endsRight(scene, when);
      tried++;
    }
  }
}

/** @returns false when the job ended before its nth call */
async function diesSending<Scene extends { readonly chain: MemoryChain }>(
  mortal: Mortal<Scene>,
  scene: Scene,
  at: number,
): Promise<boolean> {
  const { service, world } = scene.chain;
  const from = service.calls.length;
  service.interceptor = ({ index }) => {
    if (index - from < at) return undefined;
    return index - from === at ? { kind: 'late', calls: Number.MAX_SAFE_INTEGER } : { kind: 'crash', effect: 'none' };
  };
  try {
    await mortal.run(scene);
    return false;
  } catch (error) {
    assert.ok(error instanceof Crash, String(error));
    return true;
  } finally {
    service.interceptor = undefined;
    mortal.afterDeath?.(scene, 'none');
    world.jump(61_000);
  }
}

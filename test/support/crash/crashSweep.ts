import assert from 'node:assert/strict';
import { nthCall } from '../engine/faultPlans.ts';
import type { MemoryChain } from '../chain/memoryChain.ts';
import { Crash } from '../memory/faults.ts';

/** Does the process die before or after the effect of the call that it dies in? */
export type Effect = 'none' | 'done';

/** A job whose process may die, and what must hold around that. To sweep another job, describe it so. */
export interface Mortal<Scene extends { readonly chain: MemoryChain } = { readonly chain: MemoryChain }> {
  readonly name: string;
  /** All ready for the job; the same for the same seed. */
  fresh(seed: number): Promise<Scene>;
  /** The job in a process of its own; done already, it does nothing. The same request is the recovery. */
  run(scene: Scene): Promise<unknown>;
  /** What holds at any time, also right after a death. */
  lawsHold(scene: Scene, when: string): void | Promise<void>;
  /** Carries the job to its end and sees that all is right. */
  endsRight(scene: Scene, when: string): Promise<void>;
  /** What else a death does: a machine that loses power loses what was not durable. */
  afterDeath?(scene: Scene, effect: Effect): void;
}

export interface Swept {
  /** Calls of a clean run that the process died at. */
  readonly points: number;
  /** Pairs of a death and another one in the recovery. */
  readonly pairs: number;
}

/** What is called mortal of any scene: for lists of sweeps. */
export type Sweep = { readonly name: string; sweep(effect: Effect, options: SweepOptions): Promise<Swept> };

export interface SweepOptions {
  /** The recovery is made to die at every so many of its calls, beginning with another one each time; 1 tries every pair. */
  readonly every: number;
  /** Fewer calls than this in a clean run mean that the sweep has missed the job. */
  readonly least: number;
}

/**
 * Lets the process of a job die at each call of a clean run in turn, then recovers; and again with a death inside of each recovery. The time limit
 * of every lease has passed before somebody tries again.
 */
export async function crashSweep<Scene extends { readonly chain: MemoryChain }>(
  mortal: Mortal<Scene>,
  effect: Effect,
  { every, least }: SweepOptions,
): Promise<Swept> {
  let pairs = 0;
  for (let at = 0; ; at++) {
    const fresh = async (): Promise<{ scene: Scene; died: boolean }> => {
      const scene = await mortal.fresh(at + 1);
      const died = await dies(mortal, scene, at, effect);
      await mortal.lawsHold(scene, `after dying at call ${at}`);
      return { scene, died };
    };
    const { scene, died } = await fresh();
    await mortal.endsRight(scene, `after dying at call ${at}`);
    if (!died) {
      assert.ok(at >= least, `${mortal.name}: the sweep went through ${at} calls only`);
      return { points: at, pairs };
    }
    for (let second = at % every, again = true; again; second += every) {
      const when = `after dying at call ${at}, and in the recovery at call ${second}`;
      const { scene: other } = await fresh();
      again = await dies(mortal, other, second, effect);
      if (again) pairs++;
      await mortal.lawsHold(other, when);
      await mortal.endsRight(other, when);
    }
  }
}

/** Runs the job, which dies at its nth call. @returns false when it ended before */
async function dies<Scene extends { readonly chain: MemoryChain }>(
  mortal: Mortal<Scene>,
  scene: Scene,
  at: number,
  effect: Effect,
): Promise<boolean> {
  const { service, world } = scene.chain;
  service.interceptor = nthCall(at, { kind: 'crash', effect });
  try {
    await mortal.run(scene);
    return false;
  } catch (error) {
    assert.ok(error instanceof Crash, `${mortal.name}, call ${at}: ${String(error)}`);
    return true;
  } finally {
    service.interceptor = undefined;
    mortal.afterDeath?.(scene, effect);
    world.jump(61_000);
  }
}

/** A mortal as an item of a list that knows nothing of its scene. */
export function sweepOf<Scene extends { readonly chain: MemoryChain }>(mortal: Mortal<Scene>): Sweep {
  return { name: mortal.name, sweep: (effect, options) => crashSweep(mortal, effect, options) };
}

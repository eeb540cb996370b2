import assert from 'node:assert/strict';
import { resultOf } from '../../../src/engine/events.ts';
import { planPromote, runPromote, type PromoteResult } from '../../../src/engine/jobs/promote/promote.ts';
import type { JobOptions } from '../../../src/engine/tools.ts';
import type { Switches } from '../memory/switches.ts';
import { changeDisk, chainWithOnePoint, liveSnapshots } from './chainViews.ts';
import { SOURCE, type MemoryChain } from './memoryChain.ts';

/** A disk with a backup and a snapshot of its own, changed since; `before` is the disk as it is then. */
export async function promotionScene(
  options: { seed?: number; switches?: Partial<Switches> } = {},
): Promise<{ chain: MemoryChain; snapshot: string; before: string }> {
  const chain = await chainWithOnePoint(options);
  const snapshot = chain.service.foreign.snapshot(SOURCE);
  changeDisk(chain);
  const before = chain.service.foreign.snapshot(SOURCE);
  return { chain, snapshot, before };
}

/** Promotes a snapshot of the disk over it, by a process of its own. */
export async function promote(chain: MemoryChain, snapshot: string, job: Partial<JobOptions> = {}): Promise<PromoteResult> {
  const blob = chain.service.client(`promote${chain.world.uuid()}`).pageBlob(SOURCE);
  const options = { world: chain.world, ...job };
  return resultOf(runPromote(await planPromote({ blob, snapshot }, options), { blob, snapshot, proof: 'full' }, options));
}

/** In what the disk, or a snapshot of it, differs from another snapshot of it. */
export function differs({ service }: MemoryChain, one: string | undefined, other: string): string | undefined {
  return service.oracle.differenceOf({ url: SOURCE, ...(one !== undefined && { snapshot: one }) }, { url: SOURCE, snapshot: other });
}

/** Some live snapshot holds the disk as it was, whatever has become of the disk. */
export function nothingLost(chain: MemoryChain, before: string, when: string): void {
  const mine = liveSnapshots(chain, SOURCE).filter(({ takenBy }) => takenBy.startsWith('promote'));
  const isAsBefore = differs(chain, undefined, before) === undefined;
  assert.ok(isAsBefore || mine.some(({ id }) => differs(chain, id, before) === undefined), `the disk as it was is lost, ${when}`);
}

import assert from 'node:assert/strict';
import { resultOf, type RunEvent } from '../../../src/engine/events.ts';
import { listPoints } from '../../../src/engine/jobs/points/points.ts';
import { planPrune, type PruneRequest } from '../../../src/engine/jobs/prune/plan.ts';
import { runPrune, type PruneResult } from '../../../src/engine/jobs/prune/run.ts';
import type { RetentionPolicy } from '../../../src/engine/retention/policy.ts';
import type { SnapshotState } from '../memory/blobState.ts';
import type { Switches } from '../memory/switches.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from './memoryChain.ts';

export const HALF_DAY = 12 * 3_600_000;

/** A chain whose disk was changed and backed up every 12 hours, from midnight of 2026-01-01 on. */
export async function chainOfHalfDays(points: number, options: { seed?: number; switches?: Partial<Switches> } = {}): Promise<MemoryChain> {
  const chain = new MemoryChain({ pages: 64, switches: { latency: { min: 0, max: 0 } }, ...options });
  for (let i = 0; i < points; i++) {
    if (i > 0) chain.world.jump(HALF_DAY);
    chain.write(i, i + 1);
    await chain.backup({ transfer: 'relay' });
  }
  return chain;
}

/** Plans and runs a prune in a process of its own. */
export async function prune(
  { service }: MemoryChain,
  policy: RetentionPolicy,
  options: Partial<PruneRequest> = {},
  listen?: (event: RunEvent) => void,
): Promise<PruneResult> {
  const client = service.client(`process prune ${service.calls.length}`);
  const ports = { backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE), source: client.pageBlob(SOURCE) };
  const request = { ...ports, policy, ...options };
  const job = { world: client.world };
  return resultOf(runPrune(await planPrune(request, job), request, job), listen);
}

/** Numbers of the points as the list tells them: `4 good`, `3 pruned`, newest first. */
export async function standings({ service, world }: MemoryChain): Promise<string[]> {
  const { points, pruned } = await listPoints({ backup: service.pageBlob(BACKUP), catalogue: service.recordStore(CATALOGUE) }, { world });
  const there = points.map(({ entry, state, isHeld }) => [entry.number, `${entry.number} ${state}${isHeld ? ' held' : ''}`] as const);
  const gone = pruned.map((number) => [number, `${number} pruned`] as const);
  return [...there, ...gone].sort(([a], [b]) => b - a).map(([, text]) => text);
}

/** Snapshots of the backup blob that were deleted, oldest first. */
export function deletedSnapshots({ service }: MemoryChain): Readonly<SnapshotState>[] {
  return service.oracle.snapshotsEver(BACKUP).filter(({ deletedBy }) => deletedBy !== undefined);
}

/** Every point that the list calls good is there and equals its source snapshot; every pruned one is gone. */
export async function pointsAreTrue(chain: MemoryChain, when: string): Promise<void> {
  const entries = await chain.entries();
  const live = new Set(chain.service.oracle.snapshotsEver(BACKUP).flatMap(({ id, deletedBy }) => (deletedBy === undefined ? [id] : [])));
  for (const standing of await standings(chain)) {
    const [number, state] = standing.split(' ');
    const { backup, source } = entries.find((entry) => entry.number === Number(number))!;
    if (state === 'pruned') continue;
    assert.equal(state, 'good', `${standing}, ${when}`);
    assert.ok(live.has(backup.snapshot), `${standing} is there, ${when}`);
    const wrong = chain.service.oracle.differenceOf({ url: BACKUP, snapshot: backup.snapshot }, { url: SOURCE, snapshot: source.snapshot });
    assert.equal(wrong, undefined, `${standing}, ${when}`);
  }
}

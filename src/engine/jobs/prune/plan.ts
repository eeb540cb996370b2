import { givesHonestDifferences, isDifferenceRefusal } from '../../chain/canary.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import type { PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { RecordStore } from '../../recordStore.ts';
import { hasRules, policyText, type RetentionPolicy } from '../../retention/policy.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import { choose } from './choose.ts';
import { freedBytes } from './freed.ts';
import { refuse } from './refusals.ts';

/** Deletes the recovery points that a policy does not keep. */
export interface PruneRequest {
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
  readonly policy: RetentionPolicy;
  /** The disk, where it is at hand: a rewind of it that is not finished needs its point. */
  readonly source?: PageBlob | undefined;
}

/** What becomes of one point, and why. */
export interface PrunedPoint {
  readonly number: number;
  /** Undefined where its record cannot be read. */
  readonly recoveryPoint: SnapshotId | undefined;
  /** When the run that made it began. */
  readonly startedOn: string | undefined;
  /** `gone`: its snapshot is missing already, deleted outside this tool. */
  readonly action: 'keep' | 'delete' | 'gone';
  readonly reasons: readonly string[];
  /** Bytes that its deletion frees, where that was asked for and the service tells. */
  readonly freed?: number;
}

/** What a prune will do, as plain data. The run looks at everything again: a plan is for people, never a licence. */
export interface PrunePlan {
  readonly job: 'prune';
  readonly backup: string;
  /** The policy in words. */
  readonly policy: string;
  /** Every point that was not pruned before, newest first. */
  readonly points: readonly PrunedPoint[];
  /** Bytes that all deletions free. */
  readonly freed: number | undefined;
  readonly warnings: readonly string[];
}

/**
 * Says what a prune would delete and why. Changes nothing.
 * @param options.estimate also ask the service how many bytes that frees (metadata requests only)
 * @throws badInput (no rule, unknown zone), blobNotFound, access and service errors
 */
export async function planPrune(request: PruneRequest, options: JobOptions & { readonly estimate?: boolean }): Promise<PrunePlan> {
  if (!hasRules(request.policy)) throw refuse.noRules();
  const tools = toolsFor(options);
  const { chosen, points, live, warnings } = await choose(request, tools);
  const freed = options.estimate ? await estimate(request.backup, chosen, live, tools) : undefined;
  return {
    job: 'prune',
    backup: request.backup.url,
    policy: policyText(request.policy),
    points: freed
      ? points.map((point) => Object.assign({}, point, freed.has(point.number) && { freed: freed.get(point.number)! }))
      : points,
    freed: freed && [...freed.values()].reduce((sum, bytes) => sum + bytes, 0),
    warnings,
  };
}

/** @returns bytes by number, oldest first; undefined where the service gives no differences */
async function estimate(
  backup: PageBlob,
  chosen: readonly CatalogueEntry[],
  live: readonly CatalogueEntry[],
  tools: Tools,
): Promise<Map<number, number> | undefined> {
  if (chosen.length === 0) return new Map();
  if (!(await givesHonestDifferences(backup.image(live.at(-1)!.backup.snapshot), tools.retrier, tools.signal))) return undefined;
  const freed = new Map<number, number>();
  let older: CatalogueEntry | undefined;
  for (const [at, entry] of live.entries()) {
    const newer = live[at + 1];
    if (!chosen.includes(entry) || !newer) {
      older = entry;
      continue;
    }
    try {
      freed.set(entry.number, await freedBytes(backup, older, entry, newer, tools));
    } catch (error) {
      if (isDifferenceRefusal(error)) return undefined;
      throw error;
    }
  }
  return freed;
}

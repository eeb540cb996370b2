import type { SnapshotItem } from '../../../azure/browse/accountBrowser.ts';
import { KEY } from '../../../engine/chain/metadata.ts';
import type { ChainSummary } from '../../../engine/jobs/points/chainSummary.ts';
import { candidateNeeds, diskSnapshotNeeds } from '../../../engine/jobs/points/needs.ts';
import { namingPoints } from '../../../engine/jobs/points/namingPoints.ts';
import { isBeforePromotion } from '../../../engine/jobs/promote/safetyMark.ts';
import type { RecordStore } from '../../../engine/recordStore.ts';
import type { JobOptions } from '../../../engine/tools.ts';
import type { SnapshotFacts } from '../../words/snapshot.ts';

export interface ChainAtHand {
  /** URL of the backup blob. */
  readonly backup: string;
  readonly summary: ChainSummary;
  readonly catalogue: RecordStore;
}

/**
 * Snapshots of a disk, newest first, and what they are to its chains. Reads entries only where the newest ones do not tell.
 * @param hasAll false where a chain could not be read, so that what none of the others names may still be named by that one
 */
export async function diskSnapshotRoles(
  snapshots: readonly SnapshotItem[],
  chains: readonly ChainAtHand[],
  hasAll: boolean,
  job: JobOptions,
): Promise<SnapshotFacts[]> {
  const anchors = new Map(
    chains.flatMap(({ summary: { newest } }) => (newest ? [[newest.entry.source.snapshot, newest.entry.number] as const] : [])),
  );
  const needed = new Map(
    snapshots.map(({ id }) => [id, chains.flatMap(({ summary, backup }) => diskSnapshotNeeds(id, summary, backup))] as const),
  );
  const unclear = snapshots.filter((item) => isMarked(item) && needed.get(item.id)?.length === 0).map(({ id }) => id);
  const looks =
    unclear.length === 0 ? [] : await Promise.all(chains.map(({ catalogue }) => namingPoints(catalogue, unclear, 'source', job)));
  const isComplete = hasAll && looks.every((look) => look.isComplete);
  return snapshots.toReversed().map((item): SnapshotFacts => {
    const needs = needed.get(item.id) ?? [];
    const anchor = anchors.get(item.id);
    if (anchor !== undefined) return { item, role: 'anchor', point: anchor, needs };
    if (needs.length > 0) return { item, role: 'open', point: undefined, needs };
    const point = looks.map(({ named }) => named.get(item.id)).find((number) => number !== undefined);
    if (point !== undefined) return { item, role: 'earlier', point, needs };
    const role = safetyRole(item) ?? (isMarked(item) ? (isComplete ? 'orphan' : 'marked') : 'foreign');
    return { item, role, point: undefined, needs };
  });
}

/** The snapshots of a backup blob that are no recovery points, newest first. */
export async function otherSnapshots(
  snapshots: readonly SnapshotItem[],
  { summary, catalogue }: ChainAtHand,
  job: JobOptions,
): Promise<SnapshotFacts[]> {
  const ids = snapshots.map(({ id }) => id);
  const { named, isComplete } = await namingPoints(catalogue, ids, 'backup', job);
  const attempt = summary.open?.record.attempt;
  const roleOf = (item: SnapshotItem): SnapshotFacts['role'] => {
    if (attempt !== undefined && item.metadata[KEY.attempt] === attempt) return 'open';
    if (isBeforePromotion(item.metadata)) return 'replaced';
    if (item.metadata[KEY.attempt] === undefined) return 'foreign';
    return isComplete ? 'orphan' : 'marked';
  };
  return snapshots
    .filter(({ id }) => !named.has(id))
    .reverse()
    .map((item): SnapshotFacts => ({ item, role: roleOf(item), point: undefined, needs: candidateNeeds(item.metadata, summary) }));
}

/** Where the blob has no chain that is known: one that names its backup blob was looked up there, others were not. */
export function roleWithoutChain(item: SnapshotItem): SnapshotFacts['role'] {
  const role = safetyRole(item);
  if (role !== undefined) return role;
  if (!isMarked(item) && item.metadata[KEY.attempt] === undefined) return 'foreign';
  return item.metadata[KEY.backup] === undefined ? 'marked' : 'orphan';
}

/** While a rewind writes, its blob is marked as partial, and so are the snapshots that it takes. */
function safetyRole({ metadata }: SnapshotItem): 'safety' | 'rewound' | 'replaced' | undefined {
  if (isBeforePromotion(metadata)) return 'replaced';
  if (metadata[KEY.restore] !== 'partial') return undefined;
  if (metadata[KEY.attempt] !== undefined) return 'rewound';
  return metadata[KEY.run] === undefined ? undefined : 'safety';
}

function isMarked({ metadata }: SnapshotItem): boolean {
  return metadata[KEY.run] !== undefined;
}

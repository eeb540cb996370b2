import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { livingNumbers, type CatalogueIndex } from '../../chain/recordNames.ts';
import type { SnapshotId } from '../../pageBlob.ts';
import { retain, type Decision } from '../../retention/retain.ts';
import type { Tools } from '../../tools.ts';
import { requireChain } from '../points/points.ts';
import { liveSnapshots } from '../points/pointState.ts';
import { neededPoints } from './neededPoints.ts';
import type { PrunedPoint, PruneRequest } from './plan.ts';

/** What the policy makes of a chain as it is now. */
export interface Choice {
  readonly index: CatalogueIndex;
  readonly points: readonly PrunedPoint[];
  /** Entries of the points that are to be deleted, oldest first. */
  readonly chosen: readonly CatalogueEntry[];
  /** All entries whose snapshots are there, oldest first. */
  readonly live: readonly CatalogueEntry[];
  readonly warnings: readonly string[];
}

/** Looks at the chain and lets the policy decide. */
export async function choose(request: PruneRequest, tools: Tools): Promise<Choice> {
  const { backup, catalogue, policy } = request;
  const { retrier, signal } = tools;
  const chain = new Catalogue(catalogue, retrier);
  const index = await chain.index(signal);
  if (index.numbers.length === 0) await requireChain(backup, catalogue, index.isBegun, tools);
  const { entries, unreadable } = await chain.readable(signal, livingNumbers(index));
  const snapshots = await liveSnapshots(backup, tools);
  const begun = await begunDeletions(chain, backup.url, index, entries, snapshots, tools);
  const needed = await neededPoints(request, tools);

  const own = entries.filter((entry) => entry.backup.url === backup.url && snapshots.has(entry.backup.snapshot));
  const names = Map.groupBy(entries, (entry) => entry.backup.snapshot);
  const decisions = new Map<number, Decision>();
  const known = own.map(({ number, startedOn, backup: { snapshot } }) => ({
    number,
    time: Date.parse(startedOn),
    state: index.failed.has(number) ? ('failed' as const) : ('good' as const),
    isHeld: index.held.has(number),
    neededFor: (names.get(snapshot)?.length ?? 0) > 1 ? 'another record names its snapshot too' : needed.reasonFor(number, snapshot),
  }));
  for (const decision of retain(known, policy)) decisions.set(decision.number, decision);

  const points = [
    ...entries.map((entry) => pointOf(entry, ...outcomeOf(entry, decisions.get(entry.number), backup.url))),
    ...begun.map((entry) => pointOf(entry, 'delete', ['an earlier prune began to delete it'])),
    ...unreadable.map(({ number }) => pointOf({ number }, 'keep', ['its record cannot be read, so nobody can tell what it names'])),
  ];
  const goes = new Set(points.filter(({ action }) => action === 'delete').map(({ number }) => number));
  const live = [...own, ...begun].sort((a, b) => a.number - b.number);
  return {
    index,
    points: points.sort((a, b) => b.number - a.number),
    chosen: live.filter(({ number }) => goes.has(number)),
    live,
    warnings: needed.warnings,
  };
}

function outcomeOf({ backup }: CatalogueEntry, decision: Decision | undefined, url: string): [PrunedPoint['action'], readonly string[]] {
  if (decision) return [decision.keep ? 'keep' : 'delete', decision.reasons];
  if (backup.url !== url) return ['keep', ['its record names another backup blob']];
  return ['gone', ['its snapshot was deleted outside this tool']];
}

function pointOf(
  { number, startedOn, backup }: Pick<CatalogueEntry, 'number'> & Partial<CatalogueEntry>,
  action: PrunedPoint['action'],
  reasons: readonly string[],
): PrunedPoint {
  return { number, recoveryPoint: backup?.snapshot, startedOn, action, reasons };
}

/** Points whose snapshot is still there although a prune has recorded its deletion. A snapshot that another point names as well stays. */
async function begunDeletions(
  chain: Catalogue,
  backupUrl: string,
  { pruned }: CatalogueIndex,
  entries: readonly CatalogueEntry[],
  snapshots: ReadonlySet<SnapshotId>,
  { signal }: Tools,
): Promise<CatalogueEntry[]> {
  const named = new Set(entries.map(({ backup }) => backup.snapshot));
  if (pruned.size === 0 || [...snapshots].every((id) => named.has(id))) return [];
  const { entries: gone } = await chain.readable(signal, [...pruned.keys()]);
  return gone.filter(({ backup: { snapshot, url } }) => url === backupUrl && snapshots.has(snapshot) && !named.has(snapshot));
}

import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import type { SnapshotId } from '../../pageBlob.ts';
import type { RecordStore } from '../../recordStore.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';
import { forEachBounded } from '../../transfer/concurrency.ts';

export interface NamingPoints {
  /** Number of the newest recovery point that names the snapshot. */
  readonly named: ReadonlyMap<SnapshotId, number>;
  /** Every entry was read, or every snapshot was found: what is not named is named by none. */
  readonly isComplete: boolean;
}

const AT_ONCE = 16;
/** How many of the newest entries are read. */
const LOOK_BACK = 256;

/** Which recovery points of a chain name these snapshots: of the disk, or of the backup blob. Reads entries from the newest on, until all are found. */
export async function namingPoints(
  catalogue: RecordStore,
  snapshots: readonly SnapshotId[],
  of: 'source' | 'backup',
  options: JobOptions,
): Promise<NamingPoints> {
  const { retrier, signal } = toolsFor(options);
  const chain = new Catalogue(catalogue, retrier);
  const { numbers } = await chain.index(signal);
  const missing = new Set(snapshots);
  const named = new Map<SnapshotId, number>();
  const recent = numbers.slice(-LOOK_BACK).reverse();
  for (let at = 0; at < recent.length && missing.size > 0; at += AT_ONCE) {
    const entries: CatalogueEntry[] = [];
    await forEachBounded(
      recent.slice(at, at + AT_ONCE),
      { calls: AT_ONCE, bytes: Infinity },
      () => 0,
      async (number) => void entries.push(await chain.entry(number, signal)),
      signal,
    );
    for (const entry of entries.sort((a, b) => b.number - a.number)) {
      const { snapshot } = entry[of];
      if (missing.delete(snapshot)) named.set(snapshot, entry.number);
    }
  }
  return { named, isComplete: missing.size === 0 || recent.length === numbers.length };
}

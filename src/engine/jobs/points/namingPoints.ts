import { Catalogue } from '../../chain/catalogue.ts';
import type { SnapshotId } from '../../pageBlob.ts';
import type { RecordStore } from '../../recordStore.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';

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
  let isRead = true;
  for (let at = 0; at < recent.length && missing.size > 0; at += AT_ONCE) {
    const { entries, unreadable } = await chain.readable(signal, recent.slice(at, at + AT_ONCE));
    isRead &&= unreadable.length === 0;
    for (const entry of entries.toReversed()) {
      const { snapshot } = entry[of];
      if (missing.delete(snapshot)) named.set(snapshot, entry.number);
    }
  }
  return { named, isComplete: missing.size === 0 || (isRead && recent.length === numbers.length) };
}

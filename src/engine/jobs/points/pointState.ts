import type { CatalogueEntry } from '../../chain/entry.ts';
import type { CatalogueIndex } from '../../chain/recordNames.ts';
import { isBackupError } from '../../errors.ts';
import type { PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { Tools } from '../../tools.ts';
import type { RecoveryPoint } from './points.ts';

export function pointOf(entry: CatalogueEntry, isLive: boolean, { failed, held }: Pick<CatalogueIndex, 'failed' | 'held'>): RecoveryPoint {
  const hold = held.has(entry.number) && { isHeld: true };
  if (!isLive) return { entry, state: 'missing', ...hold };
  return { entry, state: failed.has(entry.number) ? 'failed' : 'good', ...hold };
}

/** Ids of the snapshots the backup blob has; none where it is gone itself. */
export async function liveSnapshots(blob: PageBlob, { retrier, signal }: Tools): Promise<Set<SnapshotId>> {
  return retrier.repeat(
    'snapshots',
    async () => {
      const live = new Set<SnapshotId>();
      try {
        for await (const { id } of blob.snapshots({ signal })) live.add(id);
      } catch (error) {
        if (!isBackupError(error, 'blobNotFound', 'containerNotFound')) throw error;
      }
      return live;
    },
    signal,
  );
}

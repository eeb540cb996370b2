import type { CatalogueEntry } from '../../chain/entry.ts';
import { isBackupError } from '../../errors.ts';
import type { PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { RecordStore } from '../../recordStore.ts';
import type { Tools } from '../../tools.ts';

export interface PointsRequest {
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
}

export interface RecoveryPoint {
  readonly entry: CatalogueEntry;
  /** `missing`: its snapshot was deleted outside this tool. `failed`: a later verification found it wrong. */
  readonly state: 'good' | 'missing' | 'failed';
}

export function pointOf(entry: CatalogueEntry, isLive: boolean, failed: ReadonlySet<number>): RecoveryPoint {
  if (!isLive) return { entry, state: 'missing' };
  return { entry, state: failed.has(entry.number) ? 'failed' : 'good' };
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

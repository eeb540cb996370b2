import { isBackupError } from '../errors.ts';
import type { Fence, PageBlob, SnapshotId } from '../pageBlob.ts';
import type { Tools } from '../tools.ts';

/**
 * Deletes snapshots that a run has taken itself and that nothing names, by the ids the service gave it. Does not heed the run's signal; one that
 * cannot be deleted is left and told, since it costs money and not safety.
 */
export async function discard(
  blob: PageBlob,
  ids: readonly SnapshotId[],
  fence: Fence | undefined,
  { retrier, emit }: Tools,
): Promise<void> {
  for (const id of ids) {
    try {
      await retrier.repeat('deleting a snapshot', () => blob.deleteSnapshot(id, { fence }));
    } catch (error) {
      if (isBackupError(error, 'snapshotNotFound', 'blobNotFound')) continue;
      if (!isBackupError(error)) throw error;
      const text = `The snapshot ${id} of ${blob.url} is not needed, but could not be deleted: ${error.message}`;
      emit({ type: 'warning', code: 'snapshotKept', text });
    }
  }
}

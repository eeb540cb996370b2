import { isBackupError } from '../errors.ts';
import type { Fence, Metadata, PageBlob, SnapshotId } from '../pageBlob.ts';
import type { Retrier } from '../transfer/retrier.ts';
import { withOurs } from './metadata.ts';

export interface SnapshotMark {
  readonly key: string;
  readonly value: string;
}

/**
 * Takes a snapshot exactly once, as far as that can be known: after an answer that leaves the effect open it looks for the mark before it tries
 * again.
 * @param own the blob's own metadata, which the snapshot keeps
 * @param extra what else is added to it
 */
export async function takeMarkedSnapshot(
  blob: PageBlob,
  mark: SnapshotMark,
  own: Metadata,
  extra: Metadata,
  options: { readonly retrier: Retrier; readonly fence?: Fence; readonly signal?: AbortSignal | undefined },
): Promise<SnapshotId> {
  const { retrier, fence, signal } = options;
  const metadata = withOurs(own, { [mark.key]: mark.value, ...extra });
  for (let attempt = 1; ; attempt++) {
    try {
      return await blob.createSnapshot(metadata, { fence, signal });
    } catch (error) {
      if (isBackupError(error) && error.effect === 'unknown') {
        const taken = metadata[mark.key] === mark.value ? await findMarkedSnapshot(blob, mark, retrier, signal) : undefined;
        if (taken !== undefined) return taken;
      }
      await retrier.pause('snapshot', attempt, error, signal);
    }
  }
}

/**
 * The oldest live snapshot that carries the mark: those that got it passed on by a copy came later. What is found must be proven, and is never
 * deleted for its mark.
 */
export async function findMarkedSnapshot(
  blob: PageBlob,
  mark: SnapshotMark,
  retrier: Retrier,
  signal?: AbortSignal,
): Promise<SnapshotId | undefined> {
  return retrier.repeat(
    'snapshots',
    async () => {
      for await (const snapshot of blob.snapshots({ signal })) {
        if (snapshot.metadata[mark.key] === mark.value) return snapshot.id;
      }
      return undefined;
    },
    signal,
  );
}

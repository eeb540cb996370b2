import { isBackupError } from '../errors.ts';
import type { BlobImage } from '../pageBlob.ts';
import { PAGE } from '../ranges/pageRange.ts';
import type { Retrier } from '../transfer/retrier.ts';

/** A snapshot id in the service's form that no blob has. */
const MADE_UP = '2015-07-08T00:00:00.0000001Z';

/**
 * Does the endpoint refuse a difference to a snapshot that does not exist? Servers that ignore `prevsnapshot` (Azurite, some gateways) answer with
 * the plain page list instead: their differences know nothing of cleared pages and must not be used.
 */
export async function givesHonestDifferences(image: BlobImage, retrier: Retrier, signal?: AbortSignal): Promise<boolean> {
  try {
    await retrier.repeat(
      'canary',
      async () => {
        const list = image.changedSince(MADE_UP, { start: 0, end: PAGE }, { signal })[Symbol.asyncIterator]();
        await list.next();
        await list.return?.();
      },
      signal,
    );
    return false;
  } catch (error) {
    if (isDifferenceRefusal(error)) return true;
    throw error;
  }
}

/** The answers by which the service says that it will not give this difference. */
export function isDifferenceRefusal(error: unknown): boolean {
  return isBackupError(error, 'previousSnapshotNotFound', 'previousSnapshotNewer', 'blobOverwritten', 'differenceNotSupported');
}

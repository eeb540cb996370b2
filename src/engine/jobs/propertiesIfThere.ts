import { isBackupError } from '../errors.ts';
import type { BlobProperties, PageBlob } from '../pageBlob.ts';

/** One look at a blob that need not exist. @throws what reading properties throws, but for blobNotFound */
export async function propertiesIfThere(blob: PageBlob, signal: AbortSignal | undefined): Promise<BlobProperties | undefined> {
  try {
    return await blob.image().properties({ signal });
  } catch (error) {
    if (isBackupError(error, 'blobNotFound')) return undefined;
    throw error;
  }
}

import { Catalogue } from '../../chain/catalogue.ts';
import type { RecoveryPointKind } from '../../chain/entry.ts';
import { KEY } from '../../chain/metadata.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import type { BlobImage, SnapshotId } from '../../pageBlob.ts';
import type { RecordStore } from '../../recordStore.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';
import { namingPoints } from '../points/namingPoints.ts';

/** Of when an image of a disk is, for people: as the service and the catalogue tell it. */
export interface ImageOrigin {
  /** Undefined for a blob as it is now. */
  readonly snapshot: SnapshotId | undefined;
  /** The service's time of the last change to the disk before that, as it gave it. */
  readonly lastModified: string | undefined;
  /** The recovery point that the snapshot is. */
  readonly point: PointOrigin | undefined;
}

export interface PointOrigin {
  readonly number: number;
  readonly kind: RecoveryPointKind;
  /** URL of the disk without query, and its snapshot that the point equals. */
  readonly source: string;
  readonly sourceSnapshot: SnapshotId;
}

/**
 * @param catalogue of the chain, where the image is one of a backup blob; it is read only where the blob bears a chain's mark, and one that cannot
 * be read only leaves the recovery point out
 * @throws what looking at the image throws
 */
export async function originOf(image: BlobImage, catalogue: RecordStore | undefined, options: JobOptions): Promise<ImageOrigin> {
  const { retrier, signal } = toolsFor(options);
  const { snapshot } = image;
  const { lastModified, metadata } = await retrier.repeat('properties', () => image.properties({ signal }), signal);
  const isOfChain = snapshot !== undefined && metadata[KEY.chain] !== undefined;
  const point = isOfChain && catalogue ? await pointOf(snapshot, catalogue, options) : undefined;
  return { snapshot, lastModified, point };
}

async function pointOf(snapshot: SnapshotId, catalogue: RecordStore, options: JobOptions): Promise<PointOrigin | undefined> {
  const { retrier, signal } = toolsFor(options);
  try {
    const number = (await namingPoints(catalogue, [snapshot], 'backup', options)).named.get(snapshot);
    if (number === undefined) return undefined;
    const { kind, source } = await new Catalogue(catalogue, retrier).entry(number, signal);
    return { number, kind, source: source.url, sourceSnapshot: source.snapshot };
  } catch (error) {
    if (!(error instanceof BackupError) || isBackupError(error, 'cancelled')) throw error;
    return undefined;
  }
}

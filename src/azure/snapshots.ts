import { BackupError, isBackupError } from '../engine/errors.ts';
import type { CallOptions, Metadata, SnapshotId, SnapshotInfo, WriteOptions } from '../engine/pageBlob.ts';
import { listBlobs } from './blobList.ts';
import { leaseOf, type BlobHandle } from './blobHandle.ts';
import { metadataForService, metadataFromService } from './metadata.ts';

/** REST: Snapshot Blob. One attempt: a repeat after a lost answer would make a second snapshot. */
export async function createSnapshot(handle: BlobHandle, metadata: Metadata, { signal, fence }: WriteOptions): Promise<SnapshotId> {
  const checked = metadataForService(metadata);
  const answer = await handle.call({ operation: 'createSnapshot', signal }, (client, both) =>
    client.createSnapshot({ metadata: checked, conditions: leaseOf(fence), abortSignal: both }),
  );
  if (answer.snapshot) return answer.snapshot;
  throw new BackupError('incompleteAnswer', `The service did not name the snapshot that it took of ${handle.url}.`, { effect: 'unknown' });
}

/** REST: List Blobs, include=snapshots,metadata. Live snapshots of exactly this blob, as the service orders them: oldest first. */
export async function* listSnapshots({ account, address }: BlobHandle, options: CallOptions): AsyncGenerator<SnapshotInfo> {
  const listing = {
    operation: 'listSnapshots',
    target: { ...address, snapshot: undefined },
    prefix: address.blob,
    snapshots: true,
  } as const;
  for await (const { name, snapshot, deleted, metadata, properties } of listBlobs(account, listing, options)) {
    if (name !== address.blob || !snapshot || deleted) continue;
    yield { id: snapshot, metadata: metadataFromService(metadata), length: properties.contentLength };
  }
}

/**
 * REST: Delete Blob with `snapshot`. A snapshot has no lease of its own, and servers differ on whether its blob's lease must be named: named first
 * not, and then where that is asked for. Both refusals are certain, so this is still one attempt.
 */
export async function deleteSnapshot(handle: BlobHandle, snapshot: SnapshotId, { signal, fence }: WriteOptions): Promise<void> {
  if (!snapshot) throw new BackupError('badInput', 'A snapshot must be named.');
  const send = (conditions: { leaseId?: string }): Promise<unknown> =>
    handle.at(snapshot).call({ operation: 'deleteSnapshot', signal }, (client, both) => client.delete({ conditions, abortSignal: both }));
  try {
    await send({});
  } catch (error) {
    if (fence?.leaseId === undefined || !isBackupError(error, 'leaseHeld')) throw error;
    await send(leaseOf(fence));
  }
}

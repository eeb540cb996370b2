import type {
  BlobImage,
  CallOptions,
  CopyState,
  Limited,
  Metadata,
  PageBlob,
  SnapshotId,
  SnapshotInfo,
  WriteOptions,
  CopyOptions,
} from '../engine/pageBlob.ts';
import { lengthOf, MAX_WRITE, type PageRange } from '../engine/ranges/pageRange.ts';
import { AzureImage } from './azureImage.ts';
import { conditionsOf, leaseOf, type BlobHandle } from './blobHandle.ts';
import { abortCopy, copyPages, startCopy } from './copies.ts';
import { digestOf } from './digests.ts';
import { requireLength, requirePages } from './limits.ts';
import { metadataForService } from './metadata.ts';
import { createSnapshot, deleteSnapshot, listSnapshots } from './snapshots.ts';

/** A page blob in Azure, as the engine reads and writes it. One attempt a call; errors as the port says. */
export class AzurePageBlob implements PageBlob {
  readonly url: string;
  readonly limited: Limited;
  readonly #handle: BlobHandle;

  constructor(handle: BlobHandle) {
    this.#handle = handle;
    this.url = handle.url;
    this.limited = handle.limited;
  }

  image(snapshot?: SnapshotId): AzureImage {
    return new AzureImage(this.#handle.at(snapshot));
  }

  /** REST: Put Blob. */
  async create(
    length: number,
    metadata: Metadata,
    { signal, tier }: CallOptions & { readonly tier?: string | undefined } = {},
  ): Promise<void> {
    requireLength(length);
    const options = { metadata: metadataForService(metadata), conditions: { ifNoneMatch: '*' }, ...(tier === undefined ? {} : { tier }) };
    await this.#handle.call({ operation: 'create', signal }, (client, both) => client.create(length, { ...options, abortSignal: both }));
  }

  /** REST: Set Blob Properties. */
  async resize(length: number, { signal, fence }: WriteOptions = {}): Promise<void> {
    requireLength(length);
    await this.#handle.call({ operation: 'resize', signal }, (client, both) =>
      client.resize(length, { conditions: leaseOf(fence), abortSignal: both }),
    );
  }

  /** REST: Put Page, with Content-MD5. */
  async writePages(offset: number, bytes: Uint8Array, { signal, fence }: WriteOptions = {}): Promise<void> {
    requirePages({ start: offset, end: offset + bytes.length }, MAX_WRITE);
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const md5 = digestOf(bytes);
    await this.#handle.call({ operation: 'write', signal, bytes: bytes.length }, (client, both) =>
      client.uploadPages(body, offset, body.length, { conditions: conditionsOf(fence), transactionalContentMD5: md5, abortSignal: both }),
    );
  }

  /** REST: Put Page From URL. */
  async writePagesFrom(source: BlobImage, range: PageRange, options: WriteOptions = {}): Promise<void> {
    requirePages(range, MAX_WRITE);
    await copyPages(this.#handle, source, range, options);
  }

  /** REST: Put Page (clear). */
  async clearPages(range: PageRange, { signal, fence }: WriteOptions = {}): Promise<void> {
    requirePages(range);
    await this.#handle.call({ operation: 'clear', signal }, (client, both) =>
      client.clearPages(range.start, lengthOf(range), { conditions: conditionsOf(fence), abortSignal: both }),
    );
  }

  /** REST: Set Blob Properties, x-ms-sequence-number-action: max. */
  async raiseEpoch(epoch: number, { signal, fence }: WriteOptions = {}): Promise<void> {
    await this.#handle.call({ operation: 'raiseEpoch', signal }, (client, both) =>
      client.updateSequenceNumber('max', epoch, { conditions: leaseOf(fence), abortSignal: both }),
    );
  }

  /** REST: Set Blob Metadata. */
  async setMetadata(metadata: Metadata, { signal, fence }: WriteOptions = {}): Promise<void> {
    const checked = metadataForService(metadata);
    await this.#handle.call({ operation: 'setMetadata', signal }, (client, both) =>
      client.setMetadata(checked, { conditions: leaseOf(fence), abortSignal: both }),
    );
  }

  /** REST: Lease Blob, acquire. @param seconds 15 to 60, or -1 for a lease without end */
  async acquireLease(leaseId: string, seconds: number, { signal }: CallOptions = {}): Promise<void> {
    await this.#handle.call({ operation: 'acquireLease', signal }, (client, both) =>
      client.getBlobLeaseClient(leaseId).acquireLease(seconds, { abortSignal: both }),
    );
  }

  /** REST: Lease Blob, renew. */
  async renewLease(leaseId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#handle.call({ operation: 'keepLease', signal }, (client, both) =>
      client.getBlobLeaseClient(leaseId).renewLease({ abortSignal: both }),
    );
  }

  /** REST: Lease Blob, change. */
  async changeLease(leaseId: string, proposedId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#handle.call({ operation: 'keepLease', signal }, (client, both) =>
      client.getBlobLeaseClient(leaseId).changeLease(proposedId, { abortSignal: both }),
    );
  }

  /** REST: Lease Blob, release. */
  async releaseLease(leaseId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#handle.call({ operation: 'keepLease', signal }, (client, both) =>
      client.getBlobLeaseClient(leaseId).releaseLease({ abortSignal: both }),
    );
  }

  /** REST: Snapshot Blob. Empty metadata cannot be asked for: the service then copies the blob's own. */
  async createSnapshot(metadata: Metadata, options: WriteOptions = {}): Promise<SnapshotId> {
    return createSnapshot(this.#handle, metadata, options);
  }

  /** REST: List Blobs, include=snapshots,metadata. */
  snapshots(options: CallOptions = {}): AsyncIterable<SnapshotInfo> {
    return listSnapshots(this.#handle, options);
  }

  /** REST: Delete Blob, of one snapshot and nothing else. */
  deleteSnapshot(snapshot: SnapshotId, options: WriteOptions = {}): Promise<void> {
    return deleteSnapshot(this.#handle, snapshot, options);
  }

  /** REST: Copy Blob. */
  async startCopy(source: BlobImage, metadata: Metadata, options: CopyOptions = {}): Promise<CopyState> {
    return startCopy(this.#handle, source, metadata, options);
  }

  /** REST: Abort Copy Blob. */
  abortCopy(copyId: string, options: CallOptions = {}): Promise<void> {
    return abortCopy(this.#handle, copyId, options);
  }

  /** The catalogue's place, for `recordStoreFor`. Not part of the engine's port. */
  get handle(): BlobHandle {
    return this.#handle;
  }
}

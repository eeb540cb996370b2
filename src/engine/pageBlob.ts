import type { PageRange } from './ranges/pageRange.ts';
import type { RangeWindow } from './ranges/rangeWindow.ts';

/** The service's opaque time string that names a snapshot. Never parsed, never compared by clock. */
export type SnapshotId = string;

export type Metadata = Readonly<Record<string, string>>;

/** What the service limits requests for pages by, as names that are only compared. */
export interface Limited {
  readonly account: string;
  /** The blob whatever the snapshot: they share one limit. */
  readonly blob: string;
}

/** Passed to every call; aborting it makes the call throw `cancelled`. A request that is under way may still take effect. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A readable version of a disk: a blob, one of its snapshots, a local file.
 *
 * Nothing here repeats a call: adapters make one attempt and throw a `BackupError` whose `effect` tells whether it may have worked.
 */
export interface Image {
  /** For people and records: URL or path, without query but for a snapshot's id. Never holds a secret. */
  readonly label: string;

  /** Absent where no service sets limits, as for a file. */
  readonly limited?: Limited | undefined;

  /** Bytes in the image. @throws blobNotFound, snapshotNotFound, notPageBlob, access and service errors */
  length(options?: CallOptions): Promise<number>;

  /**
   * The allocated pages inside `within`, as windows that tile it (REST: Get Page Ranges).
   * @throws incompleteAnswer when the service's list ended early
   */
  allocated(within: PageRange, options?: CallOptions): AsyncIterable<RangeWindow>;

  /**
   * Exactly the bytes of `range` (≤ 4 MiB), checked against the service's checksum where it gives one; pages that are not allocated are zeros.
   * @throws checksumMismatch, incompleteAnswer (both retryable)
   */
  read(range: PageRange, options?: ReadOptions): Promise<Uint8Array>;
}

/** A page blob or one of its snapshots, in a storage account. */
export interface BlobImage extends Image {
  /** Undefined for the base blob. */
  readonly snapshot: SnapshotId | undefined;

  /** @throws blobNotFound, snapshotNotFound, notPageBlob, access and service errors (REST: Get Blob Properties) */
  properties(options?: CallOptions): Promise<BlobProperties>;

  /**
   * Pages that were written or cleared, in any way, since `previous` of the same blob, inside `within`, as windows that tile it. A page may
   * be listed although its bytes are the same (REST: Get Page Ranges with prevsnapshot).
   * @throws previousSnapshotNotFound, previousSnapshotNewer, blobOverwritten, differenceNotSupported, incompleteAnswer
   */
  changedSince(previous: SnapshotId, within: PageRange, options?: CallOptions): AsyncIterable<RangeWindow>;
}

export interface BlobProperties {
  /** Bytes. */
  readonly length: number;
  readonly etag: string;
  readonly metadata: Metadata;
  /** The service's creation time of the blob as it gave it: tells a recreated blob from the one before. Compared for equality only. */
  readonly createdOn: string | undefined;
  readonly lastModified: string | undefined;
  readonly sequenceNumber: number;
  readonly lease: 'available' | 'leased' | 'expired' | 'breaking' | 'broken';
  /** An infinite lease is how a VM holds its disk. */
  readonly leaseDuration: 'infinite' | 'fixed' | undefined;
  /** Of premium page blobs only, such as `P10`. */
  readonly tier: string | undefined;
  /** The tier was not chosen by anybody: it follows from the length, and grows with it. */
  readonly isTierInferred?: boolean | undefined;
  /** State of the last Copy Blob into this blob. */
  readonly copy: CopyState | undefined;
}

export interface CopyState {
  readonly id: string;
  readonly status: 'pending' | 'success' | 'aborted' | 'failed';
  readonly copied: number;
  readonly total: number;
  readonly description: string | undefined;
}

export interface SnapshotInfo {
  readonly id: SnapshotId;
  readonly metadata: Metadata;
  readonly length: number | undefined;
}

export interface ReadOptions extends CallOptions {
  /**
   * Leaves the checksum to the write that the bytes are handed to (the same array, whole): that sends the checksum that the source's service gave, and the
   * target's service refuses what does not fit it. Or to a comparison with bytes that were checked.
   */
  readonly unchecked?: boolean | undefined;
  /**
   * An array as long as the range, which may be filled and given as the answer. After a call that failed or was given up it may still be written to,
   * so that nobody else may have it.
   */
  readonly into?: Uint8Array | undefined;
}

/** What every write to a blob is conditional on. */
export interface Fence {
  readonly leaseId?: string | undefined;
  /** The sequence number that the blob must still have (REST: x-ms-if-sequence-number-eq). Page writes only. */
  readonly epoch?: number | undefined;
}

export interface WriteOptions extends CallOptions {
  readonly fence?: Fence | undefined;
}

export interface CopyOptions extends CallOptions {
  readonly tier?: string | undefined;
  /** ETag of the blob that the copy may take the place of. */
  readonly replacing?: string | undefined;
}

/**
 * The engine's port to one page blob in a storage account. One suite of contract tests runs on every implementation.
 *
 * Common errors: blobNotFound, containerNotFound, accessDenied, signInNeeded, sasExpired, sasLacksPermission, throttled, serviceFailed, timedOut,
 * network, cancelled. Writes also: leaseHeld (another lease, or none named on a leased blob), leaseLost (the named lease is no longer there),
 * epochMoved (sequence number differs), immutable, systemInUse, copyPending.
 */
export interface PageBlob {
  /** URL without query; the blob's name for people and records. */
  readonly url: string;

  /** Absent where no service sets limits. */
  readonly limited?: Limited | undefined;

  /** The base blob, or one of its snapshots. */
  image(snapshot?: SnapshotId): BlobImage;

  /** Creates an empty page blob; never replaces one. @throws alreadyExists (REST: Put Blob, If-None-Match: *) */
  create(length: number, metadata: Metadata, options?: CallOptions & { readonly tier?: string | undefined }): Promise<void>;

  /** Sets the length in bytes; pages above a smaller one are gone (REST: Set Blob Properties). */
  resize(length: number, options?: WriteOptions): Promise<void>;

  /**
   * Writes whole pages at `offset`, ≤ 4 MiB, with a checksum of the bytes (REST: Put Page).
   * @throws checksumMismatch, for certain without effect
   */
  writePages(offset: number, bytes: Uint8Array, options?: WriteOptions): Promise<void>;

  /**
   * The service itself reads `range` (≤ 4 MiB) of `source` and writes it at the same offset here (REST: Put Page From URL).
   * @throws copySourceRefused where the service cannot or may not read the source; notSupported where the source gives no URL or the endpoint lacks the operation
   */
  writePagesFrom(source: BlobImage, range: PageRange, options?: WriteOptions): Promise<void>;

  /** Clears whole pages, any length (REST: Put Page, x-ms-page-write: clear). */
  clearPages(range: PageRange, options?: WriteOptions): Promise<void>;

  /** Raises the sequence number to at least `epoch`; a late repeat does no harm (REST: Set Blob Properties, sequence number action `max`). */
  raiseEpoch(epoch: number, options?: WriteOptions): Promise<void>;

  /** Replaces all metadata of the base blob (REST: Set Blob Metadata). */
  setMetadata(metadata: Metadata, options?: WriteOptions): Promise<void>;

  /** Acquires a lease with the proposed id; the same id again is no error while it holds. @throws busy when another lease holds (REST: Lease Blob) */
  acquireLease(leaseId: string, seconds: number, options?: CallOptions): Promise<void>;

  /**
   * Renews a lease. On an expired lease this works only if the blob was neither changed nor leased since, so success proves that.
   * @throws leaseLost
   */
  renewLease(leaseId: string, options?: CallOptions): Promise<void>;

  /** Gives an active lease another id. @throws leaseLost when `leaseId` is not the active one */
  changeLease(leaseId: string, proposedId: string, options?: CallOptions): Promise<void>;

  /** @throws leaseLost */
  releaseLease(leaseId: string, options?: CallOptions): Promise<void>;

  /** Takes a snapshot whose metadata is exactly `metadata`; with `{}` the service passes the blob's own on. @throws snapshotLimit (REST: Snapshot Blob) */
  createSnapshot(metadata: Metadata, options?: WriteOptions): Promise<SnapshotId>;

  /** All live snapshots of exactly this blob, oldest first as the service lists them. @throws containerNotFound */
  snapshots(options?: CallOptions): AsyncIterable<SnapshotInfo>;

  /** Deletes one snapshot by id and nothing else. @throws snapshotNotFound, leaseHeld (REST: Delete Blob) */
  deleteSnapshot(snapshot: SnapshotId, options?: WriteOptions): Promise<void>;

  /**
   * Starts Copy Blob of `source` onto this blob, which must not exist, or be the one with the ETag `replacing`: its snapshots stay. With
   * metadata `{}` the service passes the source's on. @returns the state, perhaps already `success`
   * @throws alreadyExists, conditionNotMet (the ETag is another), copySourceRefused, snapshotsPresent (premium accounts copy over no blob with snapshots)
   */
  startCopy(source: BlobImage, metadata: Metadata, options?: CopyOptions): Promise<CopyState>;

  /** Aborts a pending copy; the target is left empty (REST: Abort Copy Blob). */
  abortCopy(copyId: string, options?: CallOptions): Promise<void>;
}

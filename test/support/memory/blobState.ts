import type { CopyState, Metadata, SnapshotId } from '../../../src/engine/pageBlob.ts';
import { Lease } from './lease.ts';
import { SparsePages } from './sparsePages.ts';

/** One version of a blob's content: the base as it is, or a snapshot. */
export interface Content {
  length: number;
  pages: SparsePages;
  metadata: Metadata;
  sequenceNumber: number;
  etag: string;
  lastModified: number;
  /** Which Put Blob or Copy Blob made the blob: no difference reaches across two of them. */
  generation: number;
  createdOn: number;
  tier: string | undefined;
  copy: CopyState | undefined;
}

/** A snapshot, live or deleted; never changed but for the notes on who deleted it. */
export interface SnapshotState extends Readonly<Content> {
  readonly id: SnapshotId;
  readonly url: string;
  /** The service-wide number of the snapshot: pages with a higher version were touched after it. */
  readonly version: number;
  /** The client that took it, or `foreign`. */
  readonly takenBy: string;
  deletedBy: string | undefined;
}

/** A Copy Blob under way. */
export interface PendingCopy {
  pollsLeft: number;
  readonly polls: number;
  readonly source: Content;
  /** True when the source was changed since the copy began, which makes the copy fail. */
  readonly sourceChanged: () => boolean;
}

export interface PageBlobState extends Content {
  readonly kind: 'page';
  readonly url: string;
  lease: Lease;
  readonly snapshots: Map<SnapshotId, SnapshotState>;
  pendingCopy: PendingCopy | undefined;
}

export interface BlockBlobState {
  readonly kind: 'block';
  readonly url: string;
  readonly text: string;
}

export type BlobState = PageBlobState | BlockBlobState;

/** A frozen copy of what `blob` holds now. */
export function contentOf(blob: Content): Content {
  const { length, metadata, sequenceNumber, etag, lastModified, generation, createdOn, tier, copy } = blob;
  return { length, pages: blob.pages.fork(), metadata, sequenceNumber, etag, lastModified, generation, createdOn, tier, copy };
}

/** The parts of a fresh, empty page blob that do not depend on the service's counters. */
export function emptyBlob(url: string): Pick<PageBlobState, 'kind' | 'url' | 'lease' | 'snapshots' | 'pendingCopy' | 'pages'> {
  return { kind: 'page', url, lease: new Lease(), snapshots: new Map(), pendingCopy: undefined, pages: new SparsePages() };
}

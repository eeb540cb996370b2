import type { Lease } from '../leases.ts';
import type { PageMap } from './pageMap.ts';

export type BlobType = 'PageBlob' | 'BlockBlob';

export interface Account {
  readonly name: string;
  /** Base64. */
  readonly key: string;
  /** A premium page-blob account: no block blobs, limits on snapshots, tiers. */
  readonly premium: boolean;
  readonly containers: Map<string, Container>;
}

export interface Container {
  readonly name: string;
  etag: string;
  lastModified: number;
  publicAccess: 'container' | 'blob' | undefined;
  metadata: ReadonlyMap<string, string>;
  readonly blobs: Map<string, BlobEntry>;
}

/** All that lives under one blob name. */
export interface BlobEntry {
  readonly name: string;
  base: BlobState | undefined;
  /** Oldest first, soft-deleted ones included. */
  readonly snapshots: BlobState[];
  lease: Lease;
  /** Blocks that were put and not yet committed. */
  readonly blocks: Map<string, Buffer>;
  lastSnapshotOn: number | undefined;
}

/** One version of a blob: the base or a snapshot. */
export interface BlobState {
  readonly type: BlobType;
  content: PageMap | Buffer;
  /** Grows with every Put Blob and Copy Blob: a difference across generations is refused. */
  readonly generation: number;
  properties: ContentProperties;
  metadata: ReadonlyMap<string, string>;
  tags: ReadonlyMap<string, string>;
  etag: string;
  lastModified: number;
  readonly createdOn: number;
  sequenceNumber: number;
  tier: string | undefined;
  copy: CopyRecord | undefined;
  readonly snapshot: string | undefined;
  deletedOn: number | undefined;
}

/** By answer header. */
export type ContentProperties = Readonly<Partial<Record<ContentProperty, string>>>;

export const CONTENT_PROPERTIES = [
  'content-type',
  'content-encoding',
  'content-language',
  'content-md5',
  'cache-control',
  'content-disposition',
] as const;

export type ContentProperty = (typeof CONTENT_PROPERTIES)[number];

export interface CopyRecord {
  readonly id: string;
  readonly source: string;
  status: 'pending' | 'success' | 'aborted' | 'failed';
  description: string | undefined;
  copied: number;
  readonly total: number;
  completedOn: number | undefined;
  /** While pending: what is to become of the blob, and when. */
  pending: PendingCopy | undefined;
}

export interface PendingCopy {
  readonly content: PageMap | Buffer;
  readonly fails: boolean;
  /** Whether the source is still as it was; a change fails the copy. */
  readonly sourceUnchanged: () => boolean;
  readonly endsAt: number | undefined;
  pollsLeft: number;
  readonly polls: number;
}

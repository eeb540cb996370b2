import type { BlobItem } from '@azure/storage-blob';
import { formatAddress, type BlobAddress } from '../blobAddress.ts';
import { metadataFromService } from '../metadata.ts';
import type { PageBlobItem, SnapshotItem } from './accountBrowser.ts';

/** The last name of a page: its blob or more of its snapshots may be on the next. */
export interface Carried {
  readonly name: string;
  readonly blob: PageBlobItem | undefined;
  readonly snapshots: readonly SnapshotItem[];
}

/** What one page of a listing holds, in the words of the tree. */
export interface BlobGroups {
  readonly blobs: readonly PageBlobItem[];
  readonly others: number;
  readonly catalogues: readonly string[];
  readonly carried: Carried | undefined;
}

/** Records of a chain: `X.chain/000017.json`, and the proofs beside it. */
const RECORD = /^(.+)\.chain\/\d{6,}(\.[^/]+)?\.json$/;

/** `X` for `X.chain/000017.json`: the backup blob that a catalogue entry is of, by its name. */
export function backupOfEntry(name: string): string | undefined {
  const [, backup, note] = RECORD.exec(name) ?? [];
  return note === undefined ? backup : undefined;
}

/**
 * Puts snapshots and their blobs together. They stand side by side in a listing, recorded with the snapshots first; which comes first is not
 * documented, and a page may end between them.
 * @param items one page of List Blobs with snapshots and metadata, in the service's order
 * @param carried what the page before left over
 * @param isLast no page follows
 */
export function groupBlobs(items: Iterable<BlobItem>, container: BlobAddress, carried: Carried | undefined, isLast: boolean): BlobGroups {
  const blobs: PageBlobItem[] = [];
  const catalogues = new Set<string>();
  let others = 0;
  let name = carried?.name;
  let blob = carried?.blob;
  let snapshots = [...(carried?.snapshots ?? [])];
  const close = (): void => {
    if (blob) blobs.push({ ...blob, snapshots });
  };
  for (const item of items) {
    if (item.deleted) continue;
    if (item.name !== name) {
      close();
      [name, blob, snapshots] = [item.name, undefined, []];
    }
    const isPageBlob = item.properties.blobType === 'PageBlob';
    if (isPageBlob && item.snapshot) snapshots.push(snapshotOf(item, item.snapshot));
    else if (isPageBlob) blob = blobOf(item, container);
    else if (!item.snapshot) {
      const [record, backup, proof] = RECORD.exec(item.name) ?? [];
      if (record === undefined) others++;
      else if (proof === undefined) catalogues.add(backup!);
    }
  }
  if (isLast) close();
  const isOpen = !isLast && name !== undefined && (blob !== undefined || snapshots.length > 0);
  return { blobs, others, catalogues: [...catalogues], carried: isOpen ? { name: name!, blob, snapshots } : undefined };
}

function snapshotOf({ metadata, properties }: BlobItem, id: string): SnapshotItem {
  return { id, metadata: metadataFromService(metadata), length: properties.contentLength ?? 0 };
}

function blobOf({ name, metadata, properties }: BlobItem, container: BlobAddress): PageBlobItem {
  const { leaseState, leaseDuration } = properties;
  return {
    container: container.container,
    name,
    url: formatAddress({ ...container, blob: name, snapshot: undefined }),
    length: properties.contentLength ?? 0,
    metadata: metadataFromService(metadata),
    lease: leaseState === 'leased' ? 'leased' : leaseState === undefined || leaseState === 'available' ? 'available' : 'other',
    infiniteLease: leaseDuration === 'infinite',
    tier: properties.accessTier,
    createdOn: properties.createdOn?.toUTCString(),
    snapshots: [],
  };
}

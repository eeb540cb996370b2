import type { BlobItem, ContainerListBlobFlatSegmentResponse } from '@azure/storage-blob';
import type { CallOptions } from '../engine/pageBlob.ts';
import type { BlobAddress } from './blobAddress.ts';
import type { AccountClient } from './client.ts';
import type { OperationName } from './operations.ts';
import { PageWatch } from './pageWatch.ts';
import { requireBlobs, requireCompleteXml, understood } from './strictList.ts';

/** Most blobs in one answer (REST: List Blobs, maxresults). */
const MOST = 5000;

/** What to list in the container of `target`. */
export interface BlobListing {
  readonly operation: OperationName;
  readonly target: BlobAddress;
  readonly prefix: string;
  readonly snapshots?: boolean;
}

/**
 * REST: List Blobs, to the end, in the service's order; one request at a time.
 * @throws containerNotFound, incompleteAnswer
 */
export async function* listBlobs(account: AccountClient, listing: BlobListing, options: CallOptions): AsyncGenerator<BlobItem> {
  const pages = new PageWatch('The list of blobs');
  do {
    const { items, next } = await listBlobsPage(account, listing, { ...options, marker: pages.marker, most: MOST });
    yield* items;
    pages.advance(next, items.length > 0);
  } while (pages.marker !== undefined);
}

/** One page of a listing and the marker of the next. */
export interface BlobListPage {
  readonly items: readonly BlobItem[];
  readonly next: string | undefined;
}

/**
 * REST: List Blobs, one request.
 * @throws containerNotFound, incompleteAnswer
 */
export async function listBlobsPage(
  account: AccountClient,
  { operation, target, prefix, snapshots = false }: BlobListing,
  { signal, marker, most }: CallOptions & { readonly marker: string | undefined; readonly most: number },
): Promise<BlobListPage> {
  return account.call({ operation, target, signal }, async (both) => {
    const container = await account.container(target);
    const list = container.listBlobsFlat({ prefix, includeSnapshots: snapshots, includeMetadata: snapshots, abortSignal: both });
    const pages = list.byPage({ maxPageSize: most, ...(marker === undefined ? {} : { continuationToken: marker }) });
    return understood(async () => {
      const answer = (await pages.next()).value as ContainerListBlobFlatSegmentResponse;
      requireCompleteXml(answer, 'EnumerationResults');
      requireBlobs(answer);
      return { items: answer.segment.blobItems, next: answer.continuationToken || undefined };
    });
  });
}

import type { BlobItem } from '@azure/storage-blob';
import type { CallOptions, Metadata } from '../engine/pageBlob.ts';
import { formatAddress, type BlobAddress } from './blobAddress.ts';
import { listBlobs } from './blobList.ts';
import { backupOfEntry } from './browse/blobGroups.ts';
import type { AccountClient } from './client.ts';
import { metadataFromService } from './metadata.ts';
import { PageWatch } from './pageWatch.ts';
import { requireCompleteXml, understood } from './strictList.ts';

/** A page blob that a list found. */
export interface FoundBlob {
  /** URL without SAS. */
  readonly url: string;
  readonly name: string;
  /** Bytes. */
  readonly length: number;
  readonly metadata: Metadata;
  /** As the service gives it; undefined where the list says nothing. */
  readonly lease: string | undefined;
  /** Ids of its live snapshots, oldest first. */
  readonly snapshots: readonly string[];
}

/** REST: List Containers. Names, ascending. @throws access and service errors */
export async function* listContainers(account: AccountClient, target: BlobAddress, { signal }: CallOptions): AsyncGenerator<string> {
  const watch = new PageWatch('The list of containers');
  do {
    const { marker } = watch;
    const page = await account.call({ operation: 'listContainers', target, signal }, async (both) => {
      const service = await account.service(target);
      const pages = service.listContainers({ abortSignal: both }).byPage(marker === undefined ? {} : { continuationToken: marker });
      return understood(async () => {
        const answer = (await pages.next()).value as ContainerPage;
        requireCompleteXml(answer, 'EnumerationResults');
        return { names: answer.containerItems.map((item) => item.name), next: answer.continuationToken || undefined };
      });
    });
    yield* page.names;
    watch.advance(page.next, page.names.length > 0);
  } while (watch.marker !== undefined);
}

/** REST: List Blobs. Page blobs under `folder`, each with its snapshots, by name. @throws containerNotFound, access and service errors */
export async function* listPageBlobs(account: AccountClient, folder: BlobAddress, options: CallOptions): AsyncGenerator<FoundBlob> {
  const prefix = folder.blob === '' ? '' : `${folder.blob}/`;
  let base: BlobItem | undefined;
  let name = '';
  let snapshots: string[] = [];
  const found = (): FoundBlob[] => (base?.properties.blobType === 'PageBlob' ? [foundBlob(base, folder, snapshots)] : []);
  // A blob and its snapshots stand together; which comes first is not documented.
  for await (const item of listBlobs(account, { operation: 'listBlobs', target: folder, prefix, snapshots: true }, options)) {
    if (item.deleted) continue;
    if (item.name !== name) {
      yield* found();
      [base, name, snapshots] = [undefined, item.name, []];
    }
    if (item.snapshot) snapshots.push(item.snapshot);
    else base = item;
  }
  yield* found();
}

/**
 * REST: List Blobs. What has a catalogue under `folder`, each once: `X` for `X.chain/000001.json`, by its name in the folder.
 * @throws containerNotFound, access and service errors
 */
export async function* listCatalogues(account: AccountClient, folder: BlobAddress, options: CallOptions): AsyncGenerator<string> {
  const prefix = folder.blob === '' ? '' : `${folder.blob}/`;
  let last: string | undefined;
  for await (const { name, deleted } of listBlobs(account, { operation: 'listBlobs', target: folder, prefix }, options)) {
    const backup = deleted ? undefined : backupOfEntry(name.slice(prefix.length));
    // All records of a chain lie in one folder, so they stand together.
    if (backup === undefined || backup === last) continue;
    last = backup;
    yield backup;
  }
}

function foundBlob({ name, metadata, properties }: BlobItem, folder: BlobAddress, snapshots: readonly string[]): FoundBlob {
  return {
    url: formatAddress({ ...folder, blob: name }),
    name,
    length: properties.contentLength ?? 0,
    metadata: metadataFromService(metadata),
    lease: properties.leaseState,
    snapshots,
  };
}

interface ContainerPage {
  readonly containerItems: readonly { readonly name: string }[];
  readonly continuationToken?: string;
  readonly _response: Parameters<typeof requireCompleteXml>[0]['_response'];
}

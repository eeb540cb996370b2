import type { ServiceListContainersSegmentResponse } from '@azure/storage-blob';
import { isBackupError } from '../../engine/errors.ts';
import type { CallOptions } from '../../engine/pageBlob.ts';
import { formatAddress, type BlobAddress } from '../blobAddress.ts';
import { BlobHandle } from '../blobHandle.ts';
import { listBlobsPage } from '../blobList.ts';
import type { AccountClient } from '../client.ts';
import { propertiesOf } from '../properties.ts';
import { requireCompleteXml, understood } from '../strictList.ts';
import type { AccountBrowser, ContainerItem, Page, PageBlobItem, PageBlobPage } from './accountBrowser.ts';
import { groupBlobs, type Carried } from './blobGroups.ts';

/** What a SAS or the URL of a blob limits the view to. */
export interface BrowseScope {
  readonly container: string;
  readonly blob?: string;
}

/** The service gives up to 5000 in one answer, but the SDK parses an answer in one go, which would hold up the editor. */
const MOST_BLOBS = 300;
const MOST_CONTAINERS = 1000;

/** Where a listing goes on: the service's marker, and what still waits for the rest of it. */
interface Place {
  readonly marker: string;
  readonly carried?: Carried | undefined;
}

/** Looks through an account over the SDK. One attempt a call. */
export class AzureBrowser implements AccountBrowser {
  readonly #account: AccountClient;
  readonly #scope: BlobAddress;

  /** @param scope what can be seen of the account: container and blob are empty where all of it can */
  constructor(account: AccountClient, scope: BlobAddress) {
    this.#account = account;
    this.#scope = scope;
  }

  /** REST: List Containers; nothing is asked where only one can be seen. */
  async containers(marker: string | undefined, { signal }: CallOptions = {}): Promise<Page<ContainerItem>> {
    if (this.#scope.container !== '') return { items: [{ name: this.#scope.container }], next: undefined };
    return this.#account.call({ operation: 'listContainers', target: this.#scope, signal }, async (both) => {
      const service = await this.#account.service(this.#scope);
      const pages = service
        .listContainers({ abortSignal: both })
        .byPage({ maxPageSize: MOST_CONTAINERS, ...(marker === undefined ? {} : { continuationToken: marker }) });
      return understood(async () => {
        const answer = (await pages.next()).value as ServiceListContainersSegmentResponse;
        requireCompleteXml(answer, 'EnumerationResults');
        return { items: answer.containerItems.map(({ name }) => ({ name })), next: answer.continuationToken || undefined };
      });
    });
  }

  /** REST: List Blobs, include=snapshots,metadata; Get Blob Properties where only one blob can be seen and not be listed. */
  async pageBlobs(container: string, marker: string | undefined, prefix: string, options: CallOptions = {}): Promise<PageBlobPage> {
    const only = this.#scope.blob;
    if (only === '') return this.#list(container, marker, prefix, options);
    if (!only.startsWith(prefix)) return { items: [], next: undefined, others: 0, catalogues: [] };
    try {
      const page = await this.#list(container, marker, only, options);
      const items = page.items.filter(({ name }) => name === only);
      const next = items.length > 0 ? undefined : page.next;
      return { items, next, others: 0, catalogues: page.catalogues.filter((name) => name === only) };
    } catch (error) {
      if (!isBackupError(error, 'sasLacksPermission', 'accessDenied', 'signInNeeded')) throw error;
      return { items: [await this.#lookAt(options)], next: undefined, others: 0, catalogues: [] };
    }
  }

  /** REST: Create Container */
  async createContainer(name: string, { signal }: CallOptions = {}): Promise<void> {
    const target = { ...this.#scope, container: name, blob: '' };
    await this.#account.call({ operation: 'createContainer', target, signal }, async (both) => {
      const container = await this.#account.container(target);
      await container.createIfNotExists({ abortSignal: both });
    });
  }

  async #list(container: string, marker: string | undefined, prefix: string, options: CallOptions): Promise<PageBlobPage> {
    const target = { ...this.#scope, container, blob: '' };
    const place = marker === undefined ? undefined : (JSON.parse(marker) as Place);
    const listing = { operation: 'listBlobs', target, prefix, snapshots: true } as const;
    const page = await listBlobsPage(this.#account, listing, { ...options, marker: place?.marker, most: MOST_BLOBS });
    const { blobs, others, catalogues, carried } = groupBlobs(page.items, target, place?.carried, page.next === undefined);
    const next: Place | undefined = page.next === undefined ? undefined : { marker: page.next, carried };
    return { items: blobs, next: next && JSON.stringify(next), others, catalogues };
  }

  async #lookAt({ signal }: CallOptions): Promise<PageBlobItem> {
    const handle = new BlobHandle(this.#scope, this.#account);
    const answer = await handle.call({ operation: 'properties', signal }, (client, both) => client.getProperties({ abortSignal: both }));
    const { length, metadata, lease, leaseDuration, tier, createdOn } = propertiesOf(answer, handle.url);
    return {
      container: this.#scope.container,
      name: this.#scope.blob,
      url: formatAddress(this.#scope),
      length,
      metadata,
      lease: lease === 'leased' || lease === 'available' ? lease : 'other',
      infiniteLease: leaseDuration === 'infinite',
      tier,
      createdOn,
      snapshots: [],
    };
  }
}

import type { TokenCredential } from '@azure/identity';
import type { BlobImage, CallOptions, PageBlob } from '../engine/pageBlob.ts';
import { BackupError } from '../engine/errors.ts';
import type { RecordStore } from '../engine/recordStore.ts';
import type { Surroundings, ToldRules } from '../engine/surroundings.ts';
import { EnvironmentAccess, tokenAccess, type Access, type FindAccess } from './access.ts';
import type { AskForRules } from './arm/toldRules.ts';
import { AzureImage } from './azureImage.ts';
import { AzurePageBlob } from './azurePageBlob.ts';
import {
  formatAddress,
  normaliseEndpoint,
  parseAccountUrl,
  parseBlobUrl,
  parseEndpointUrl,
  parseFolderUrl,
  type BlobAddress,
  type ParsedUrl,
} from './blobAddress.ts';
import { BlobHandle } from './blobHandle.ts';
import type { AccountBrowser } from './browse/accountBrowser.ts';
import { AzureBrowser, type BrowseScope } from './browse/azureBrowser.ts';
import { AccountClient, type ClientSettings } from './client.ts';
import { DEFAULT_DEADLINE, type Deadline } from './deadline.ts';
import { listCatalogues, listContainers, listPageBlobs, type FoundBlob } from './discovery.ts';
import { AzureRecordStore } from './recordStore.ts';
import { AzureSurroundings } from './surroundings.ts';
import { defaultCredential, LazyCredential } from './tokens.ts';
import { requireTrusted } from './trustedHosts.ts';

export interface AzureOptions {
  /** Where connection strings are looked for; usually `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asked before the environment; the extension's accounts come in here. */
  readonly findAccess?: FindAccess;
  /** Addresses of one endpoint for which this differs have different credentials, as with a SAS for each container. */
  readonly credentialId?: (address: BlobAddress) => string | undefined;
  /** Blob endpoints that `findAccess` knows, so that path-style addresses in them are understood. Tokens may be shown to them. */
  readonly endpoints?: readonly string[];
  /** What else the user has named himself, such as the words of a command line: tokens may be shown to the hosts of the URLs among them. May grow. */
  readonly named?: readonly string[];
  /** The last resort; DefaultAzureCredential unless given. */
  readonly tokenCredential?: TokenCredential;
  /** Value of x-ms-version for older clouds, such as `2017-11-09` for Azure Stack Hub. Default: the SDK's. */
  readonly apiVersion?: string | undefined;
  readonly deadline?: Deadline;
  readonly userAgent?: string;
  /** Milliseconds of the wall clock. */
  readonly now?: () => number;
  /** Told of each HTTP request as it is sent; for counting. */
  readonly onRequest?: () => void;
}

/**
 * The way into Azure: opens what URLs name. Opening sends nothing; credentials are looked up at the first request to an account and kept. After they
 * have changed (a new key, another user), open Azure anew.
 */
export interface Azure {
  /** A page blob. @throws badInput for what is not the URL of a blob, or is one of a snapshot */
  pageBlob(url: string): PageBlob;
  /** A page blob or, with `?snapshot=`, one of its snapshots. @throws badInput */
  image(url: string): BlobImage;
  /** The catalogue beside a backup blob, or in the folder that a URL names (`…/container/folder`). @throws badInput */
  recordStoreFor(backup: PageBlob | string): RecordStore;
  /** Names of the containers at a blob endpoint. @throws badInput; while listing, access and service errors */
  containers(endpoint: string, options?: CallOptions): AsyncIterable<string>;
  /** Page blobs in a container or a folder of it, with their snapshots. @throws badInput; while listing, containerNotFound, access and service errors */
  pageBlobs(folder: string, options?: CallOptions): AsyncIterable<FoundBlob>;
  /** URLs of the containers at a place: of all in an account, or of the one that it is or lies in; a folder stays in it. @throws badInput; access and service errors */
  foldersIn(place: string, options?: CallOptions): AsyncIterable<string>;
  /** What has a catalogue in a container or a folder of it: `X` for `X.chain/000001.json`, by its name there. @throws badInput; as `pageBlobs` */
  catalogues(folder: string, options?: CallOptions): AsyncIterable<string>;
  /** What surrounds a blob: its account and its container. @throws badInput */
  surroundings(url: string): Surroundings;
  /** What Azure Resource Manager tells of the account and the container of a blob, or why it tells nothing. @throws badInput, cancelled */
  rulesAround(url: string, options?: AskForRules): Promise<ToldRules>;
  /** Looks through the account with this blob endpoint a page at a time, or through the part of it that the credential can see. @throws badInput */
  browse(endpoint: string, scope?: BrowseScope): AccountBrowser;
}

/**
 * Credentials, in this order: the SAS in the URL; `findAccess`; the connection string in the environment whose blob endpoint matches; Microsoft
 * Entra ID. Tokens are shown to Azure Storage and to what the user has named, see `trustedHosts.ts`.
 */
export function openAzure(options: AzureOptions = {}): Azure {
  const env = new EnvironmentAccess(options.env ?? {});
  const endpoints = [...(options.endpoints ?? []), ...env.endpoints];
  const now = options.now ?? Date.now;
  const settings: ClientSettings = {
    apiVersion: options.apiVersion,
    deadline: options.deadline ?? DEFAULT_DEADLINE,
    userAgent: options.userAgent ?? 'page-blob-backup',
    now,
    onRequest: options.onRequest,
  };
  const { tokenCredential } = options;
  const credential = new LazyCredential(tokenCredential ? async () => tokenCredential : defaultCredential, now);
  const clients = new Map<string, AccountClient>();

  /** One client, and so one pipeline, for each account and credential. */
  const clientFor = ({ address, sas }: ParsedUrl): AccountClient => {
    const key = JSON.stringify([normaliseEndpoint(address.endpoint), sas?.reveal(), options.credentialId?.(address)]);
    const client = clients.get(key) ?? new AccountClient(settings, async () => (sas ? { kind: 'sas', sas } : await accessTo(address)));
    clients.set(key, client);
    return client;
  };
  const accessTo = async (address: BlobAddress): Promise<Access> => {
    const found = (await options.findAccess?.(address)) ?? env.find(address) ?? tokenAccess(address, credential, env.unreadable);
    if (found.kind === 'token') requireTrusted(address, [...endpoints, ...(options.named ?? [])]);
    return found;
  };
  const handleOf = (parsed: ParsedUrl): BlobHandle => new BlobHandle(parsed.address, clientFor(parsed));

  return {
    pageBlob(url) {
      const parsed = parseBlobUrl(url, endpoints);
      if (parsed.address.snapshot !== undefined) {
        throw new BackupError('badInput', `The URL of a blob is needed, not one of its snapshot ${parsed.address.snapshot}.`);
      }
      return new AzurePageBlob(handleOf(parsed));
    },
    containers(endpoint, callOptions = {}) {
      const parsed = parseEndpointUrl(endpoint, endpoints);
      return listContainers(clientFor(parsed), parsed.address, callOptions);
    },
    pageBlobs(folder, callOptions = {}) {
      const parsed = parseFolderUrl(folder, endpoints);
      return listPageBlobs(clientFor(parsed), parsed.address, callOptions);
    },
    async *foldersIn(place, callOptions = {}) {
      const { address, sas } = parseAccountUrl(place, endpoints);
      if (address.snapshot !== undefined)
        throw new BackupError('badInput', 'An account, a container or a folder is needed, not a snapshot.');
      if (address.container !== '') return void (yield formatAddress(address));
      for await (const container of listContainers(clientFor({ address, sas }), address, callOptions))
        yield formatAddress({ ...address, container });
    },
    catalogues(folder, callOptions = {}) {
      const parsed = parseFolderUrl(folder, endpoints);
      return listCatalogues(clientFor(parsed), parsed.address, callOptions);
    },
    image: (url) => new AzureImage(handleOf(parseBlobUrl(url, endpoints))),
    recordStoreFor(backup) {
      if (typeof backup === 'string') {
        const parsed = parseFolderUrl(backup, endpoints);
        return new AzureRecordStore(parsed.address, clientFor(parsed));
      }
      const { address, account } = backup instanceof AzurePageBlob ? backup.handle : handleOf(parseBlobUrl(backup.url, endpoints));
      return new AzureRecordStore({ ...address, blob: `${address.blob}.chain`, snapshot: undefined }, account);
    },
    surroundings: (url) => new AzureSurroundings(handleOf(parseBlobUrl(url, endpoints))),
    async rulesAround(url, asked = {}) {
      const { endpoint, container } = parseBlobUrl(url, endpoints).address;
      const { toldRules } = await import('./arm/toldRules.ts');
      return toldRules({ endpoint, container }, credential, asked);
    },
    browse(endpoint, scope) {
      const parsed = parseEndpointUrl(endpoint, [endpoint, ...endpoints]);
      const address = { ...parsed.address, container: scope?.container ?? '', blob: scope?.blob ?? '' };
      return new AzureBrowser(clientFor({ address, sas: parsed.sas }), address);
    },
  };
}

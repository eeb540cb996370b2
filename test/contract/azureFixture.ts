import { BlobServiceClient } from '@azure/storage-blob';
import type { BlockBlobClient, ContainerClient, PageBlobClient } from '@azure/storage-blob';
import { openAzure } from '../../src/azure/azure.ts';
import type { Account, ContractFixture, ForeignHooks } from './pageBlob/fixture.ts';

const CONTAINER: Readonly<Record<Account, string>> = { source: 'vhds', backup: 'backups' };

export interface AzureServer {
  readonly connectionStrings: Readonly<Record<Account, string>>;
  /** The SAS that URLs of an account carry; without it the adapter has the connection strings. */
  readonly sas?: Readonly<Record<Account, string>>;
  /** The server's clock, where it is not the machine's. */
  readonly now?: () => number;
  readonly advance?: (ms: number) => Promise<void>;
  readonly slowCopies?: (slow: boolean) => Promise<void>;
  close(): Promise<void>;
}

/** The Azure adapter on a server with two accounts; what foreigners do goes there by the SDK alone. */
export async function azureFixture(server: AzureServer): Promise<ContractFixture> {
  const { source, backup } = server.connectionStrings;
  const accounts = { source: BlobServiceClient.fromConnectionString(source), backup: BlobServiceClient.fromConnectionString(backup) };
  const containers = {
    source: accounts.source.getContainerClient(CONTAINER.source),
    backup: accounts.backup.getContainerClient(CONTAINER.backup),
  };
  await Promise.all(Object.values(containers).map((container) => container.createIfNotExists()));
  const { sas } = server;
  const env = sas ? {} : { AZURE_STORAGE_CONNECTION_STRING: source, AZURE_STORAGE_CONNECTION_STRING_BACKUP: backup };
  const azure = openAzure({ env, ...(server.now ? { now: server.now } : {}) });
  const urlIn = (account: Account, container: ContainerClient, name: string): string =>
    `${container.url}/${name.split('/').map(encodeURIComponent).join('/')}${sas ? `?${sas[account]}` : ''}`;
  const absent = (account: Account): ContainerClient => accounts[account].getContainerClient('absent');
  return {
    blob: (account, name) => azure.pageBlob(urlIn(account, containers[account], name)),
    blobInAbsentContainer: () => azure.pageBlob(urlIn('source', absent('source'), 'disk')),
    records: (name) => azure.recordStoreFor(urlIn('backup', containers.backup, name)),
    recordsInAbsentContainer: () => azure.recordStoreFor(urlIn('backup', absent('backup'), 'disk.chain')),
    surroundings: (account) =>
      azure.surroundings(account === 'absent' ? urlIn('source', absent('source'), 'disk') : urlIn(account, containers[account], 'disk')),
    foreign: foreignHooks(Object.values(containers)),
    ...(server.advance ? { advance: server.advance } : {}),
    ...(server.slowCopies ? { slowCopies: server.slowCopies } : {}),
    close: () => server.close(),
  };
}

function foreignHooks(containers: readonly ContainerClient[]): ForeignHooks {
  const blobAt = (url: string): PageBlobClient => {
    const { container, name } = placeOf(url, containers);
    return container.getPageBlobClient(name);
  };
  const blockBlobAt = (url: string): BlockBlobClient => {
    const { container, name } = placeOf(url, containers);
    return container.getBlockBlobClient(name);
  };
  return {
    putBlobOver: async (url, length) => void (await blobAt(url).create(length)),
    createBlockBlob: async (url, text) => void (await blockBlobAt(url).upload(text, Buffer.byteLength(text))),
    deleteBlob: async (url) => void (await blobAt(url).delete({ deleteSnapshots: 'include' })),
    breakLease: async (url) => void (await blobAt(url).getBlobLeaseClient().breakLease(0)),
  };
}

function placeOf(url: string, containers: readonly ContainerClient[]): { readonly container: ContainerClient; readonly name: string } {
  const container = containers.find((one) => url.startsWith(`${one.url}/`));
  if (!container) throw new Error(`${url} lies in no container of this fixture.`);
  return { container, name: decodeURIComponent(url.slice(container.url.length + 1)) };
}

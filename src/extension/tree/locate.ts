import { parseBlobUrl, type BlobAddress } from '../../azure/blobAddress.ts';
import { urlKey } from '../words/places.ts';
import type { BlobShelf } from './lists/blobShelf.ts';
import type { AccountNode } from './nodes/accountNode.ts';
import type { BlobNode } from './nodes/blobNode.ts';
import type { ContainerNode } from './nodes/containerNode.ts';
import type { AccountsRoot } from './roots/accountsRoot.ts';

/** The row of the blob with this URL, loading what is above it; a blob that its container's pages have not brought yet is put in its place. */
export async function locate(
  url: string,
  root: AccountsRoot,
  endpoints: readonly string[],
  signal: AbortSignal,
): Promise<BlobNode | undefined> {
  const { address } = parseBlobUrl(url, endpoints);
  await root.pages.load();
  const accounts = root.pages.children.filter((child) => child.kind === 'account').filter((account) => sees(account, address));
  // The whole account before what a SAS shows of it.
  accounts.sort((a, b) => Number(a.account.scope !== undefined) - Number(b.account.scope !== undefined));
  for (const account of accounts) {
    await account.pages.load();
    const home = homeOf(account, address.container);
    if (!home) continue;
    await home.row.pages.load();
    const node = await onShelf(home, address.blob, signal);
    if (node) return node;
  }
  return undefined;
}

/** The same, as long as nothing has to be loaded but the blob itself: a row that nobody has opened stays as it is. */
export async function locateWhereOpen(
  url: string,
  root: AccountsRoot,
  endpoints: readonly string[],
  signal: AbortSignal,
): Promise<BlobNode | undefined> {
  const { address } = parseBlobUrl(url, endpoints);
  for (const account of root.pages.children) {
    if (account.kind !== 'account' || !sees(account, address)) continue;
    const home = homeOf(account, address.container);
    const state = home?.row.pages.state;
    if (home && (state === 'paused' || state === 'ended')) return onShelf(home, address.blob, signal);
  }
  return undefined;
}

interface Home {
  readonly row: AccountNode | ContainerNode;
  readonly shelf: BlobShelf;
}

async function onShelf({ row, shelf }: Home, blob: string, signal: AbortSignal): Promise<BlobNode | undefined> {
  const found = await shelf.find(blob, signal);
  if (!found) return undefined;
  if (found.isNew) row.pages.insert(found.node, placeOf(row, blob));
  return found.node;
}

/** Where in the order of the service a blob of this name comes. */
function placeOf(row: AccountNode | ContainerNode, name: string): number {
  const after = row.pages.children.findIndex((child) => child.kind === 'blob' && child.item.name > name);
  return after < 0 ? row.pages.children.length : after;
}

function homeOf(account: AccountNode, container: string): Home | undefined {
  if (account.only?.container === container) return { row: account, shelf: account.only };
  const row = account.pages.children.find((child) => child.kind === 'container' && child.name === container);
  return row?.kind === 'container' ? { row, shelf: row.shelf } : undefined;
}

function sees({ account: { endpoint, scope } }: AccountNode, address: BlobAddress): boolean {
  if (urlKey(endpoint) !== urlKey(address.endpoint)) return false;
  return scope === undefined || (scope.container === address.container && (scope.blob === undefined || scope.blob === address.blob));
}

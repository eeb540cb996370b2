import type { AccountBrowser, PageBlobItem } from '../../../azure/browse/accountBrowser.ts';
import { toolsFor } from '../../../engine/tools.ts';
import type { StorageAccount } from '../../accounts/account.ts';
import { containersIn } from '../../accounts/containersIn.ts';
import type { CommandTools } from '../tools.ts';

/** A list to choose from holds no more than this; whoever has more finds the rest in the tree. */
const MOST = 5000;

export function browserOf(account: StorageAccount, { session }: CommandTools): Promise<AccountBrowser> {
  return session.browse(account.endpoint, account.scope);
}

export function containersOf(account: StorageAccount, { session, job }: CommandTools): Promise<string[]> {
  return containersIn(account, session, job);
}

export interface PageBlobList {
  readonly blobs: readonly PageBlobItem[];
  /** Names of those that are backup blobs. */
  readonly backups: ReadonlySet<string>;
}

export async function pageBlobsOf(account: StorageAccount, container: string, tools: CommandTools): Promise<PageBlobList> {
  const browser = await browserOf(account, tools);
  const { retrier, signal } = toolsFor(tools.job);
  const blobs: PageBlobItem[] = [];
  const backups = new Set<string>();
  let marker: string | undefined;
  do {
    const from = marker;
    const page = await retrier.repeat('page blobs', () => browser.pageBlobs(container, from, '', { signal }), signal);
    blobs.push(...page.items);
    for (const name of page.catalogues) backups.add(name);
    marker = page.next;
  } while (marker !== undefined && blobs.length < MOST);
  return { blobs, backups };
}

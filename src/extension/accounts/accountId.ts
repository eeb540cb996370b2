import { normaliseEndpoint, type BlobAddress } from '../../azure/blobAddress.ts';
import type { StorageAccount } from './account.ts';

type Scope = StorageAccount['scope'];

/** The stable key of an account: its endpoint in the form in which two can be compared, and what its credential is limited to. */
export function accountId(endpoint: string, scope?: Scope): string {
  const parts = [scope?.container, scope?.blob].filter((part) => part !== undefined);
  return [normaliseEndpoint(endpoint) ?? endpoint, ...parts].join('/');
}

/** How well an account's credential fits an address: 0 not at all, 1 by account, 2 by container, 3 by blob. */
export function fit(account: { readonly endpoint: string; readonly scope: Scope }, address: BlobAddress): 0 | 1 | 2 | 3 {
  if (normaliseEndpoint(account.endpoint) !== normaliseEndpoint(address.endpoint)) return 0;
  const { scope } = account;
  if (scope === undefined) return 1;
  if (scope.container !== address.container) return 0;
  if (scope.blob === undefined) return 2;
  return scope.blob === address.blob ? 3 : 0;
}

/** The account whose credential fits an address best. */
export function bestFit<Account extends { readonly endpoint: string; readonly scope: Scope }>(
  accounts: readonly Account[],
  address: BlobAddress,
): Account | undefined {
  const fitting = accounts.filter((account) => fit(account, address) > 0);
  return fitting.sort((a, b) => fit(b, address) - fit(a, address))[0];
}

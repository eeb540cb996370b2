import type { StorageAccount } from '@azure/arm-storage';
import { isBackupError, throwIfCancelled } from '../../engine/errors.ts';
import type { CallOptions } from '../../engine/pageBlob.ts';
import { forEachBounded } from '../../engine/transfer/concurrency.ts';
import {
  AT_ONCE,
  type ArmEndpoint,
  type ArmProblem,
  type CredentialFor,
  type FoundAccount,
  type LeftOut,
  type Subscription,
} from './arm.ts';
import { storageClient } from './armClients.ts';
import { armError } from './armError.ts';

export interface FoundAccounts {
  readonly accounts: readonly FoundAccount[];
  readonly leftOut: readonly LeftOut[];
  readonly problems: readonly ArmProblem[];
}

/** Kinds of account whose blobs are never page blobs. Source: Azure Storage, types of storage accounts. */
const WITHOUT_PAGE_BLOBS: readonly string[] = ['BlockBlobStorage', 'BlobStorage', 'FileStorage'];

/**
 * REST: Storage Accounts - List, in each subscription; List Keys is never called.
 * @throws cancelled; a subscription that denies becomes a problem
 */
export async function findAccounts(
  arm: ArmEndpoint,
  subscriptions: readonly Subscription[],
  credentialFor: CredentialFor,
  { signal }: CallOptions = {},
): Promise<FoundAccounts> {
  const accounts: FoundAccount[] = [];
  const leftOut: LeftOut[] = [];
  const problems: ArmProblem[] = [];
  const look = async (subscription: Subscription): Promise<void> => {
    try {
      const client = await storageClient(arm, credentialFor(subscription.shownBy), subscription.id);
      for await (const account of client.storageAccounts.list(signal ? { abortSignal: signal } : {})) {
        const reason = reasonAgainst(account);
        if (reason === undefined) accounts.push(accountOf(account, subscription));
        else leftOut.push({ name: account.name ?? '', subscription: subscription.name, reason });
      }
    } catch (error) {
      throwIfCancelled(signal);
      const mapped = armError(error, `the subscription "${subscription.name}"`, signal);
      if (isBackupError(mapped, 'cancelled')) throw mapped;
      problems.push({ level: 'subscription', label: subscription.name, tenantId: subscription.tenantId, error: mapped });
    }
  };
  await forEachBounded(subscriptions, AT_ONCE, () => 0, look, signal);
  return { accounts, leftOut, problems };
}

function reasonAgainst({ kind, isHnsEnabled, primaryEndpoints }: StorageAccount): LeftOut['reason'] | undefined {
  if (kind !== undefined && WITHOUT_PAGE_BLOBS.includes(kind)) return 'kind';
  if (isHnsEnabled) return 'hierarchical';
  return primaryEndpoints?.blob ? undefined : 'noBlobEndpoint';
}

function accountOf({ name, sku, location, primaryEndpoints }: StorageAccount, subscription: Subscription): FoundAccount {
  return {
    name: name ?? new URL(primaryEndpoints!.blob!).hostname,
    endpoint: primaryEndpoints!.blob!.replace(/\/+$/, ''),
    subscription,
    premium: sku?.tier === 'Premium' || (sku?.name.startsWith('Premium') ?? false),
    location,
  };
}

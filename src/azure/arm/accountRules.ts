import type { ManagementPolicyRule, StorageAccount, StorageManagementClient } from '@azure/arm-storage';
import { throwIfCancelled } from '../../engine/errors.ts';
import type { CallOptions } from '../../engine/pageBlob.ts';
import type { AccountRules, LifecycleRule } from '../../engine/surroundings.ts';
import { normaliseEndpoint } from '../blobAddress.ts';
import type { Credential } from '../tokens.ts';
import type { ArmEndpoint } from './arm.ts';
import { storageClient } from './armClients.ts';
import { armError } from './armError.ts';

/**
 * What only Azure Resource Manager knows of the account with this blob endpoint (REST: Storage Accounts - List, Blob Services - Get Service Properties,
 * Management Policies - Get). Needs the role Reader.
 * @returns undefined where the subscription has no such account
 * @throws accessDenied, signInNeeded, cancelled
 */
export async function accountRules(
  arm: ArmEndpoint,
  credential: Credential,
  subscription: string,
  endpoint: string,
  { signal }: CallOptions = {},
): Promise<AccountRules | undefined> {
  const options = signal ? { abortSignal: signal } : {};
  try {
    const client = await storageClient(arm, credential, subscription);
    for await (const account of client.storageAccounts.list(options)) {
      if (normaliseEndpoint(account.primaryEndpoints?.blob ?? '') !== normaliseEndpoint(endpoint)) continue;
      return await rulesOf(client, account, options);
    }
    return undefined;
  } catch (error) {
    throwIfCancelled(signal);
    throw armError(error, 'the storage account', signal);
  }
}

async function rulesOf(
  client: StorageManagementClient,
  { id = '', name = '', networkRuleSet, publicNetworkAccess, allowedCopyScope }: StorageAccount,
  options: { readonly abortSignal?: AbortSignal },
): Promise<AccountRules> {
  const group = /\/resourceGroups\/([^/]+)\//i.exec(id)?.[1] ?? '';
  const { isVersioningEnabled = false } = await client.blobServices.getServiceProperties(group, name, options);
  const isOpen = (networkRuleSet?.defaultAction ?? 'Allow') === 'Allow' && (publicNetworkAccess ?? 'Enabled') === 'Enabled';
  return {
    versioning: isVersioningEnabled,
    network: isOpen ? 'open' : 'restricted',
    copyScope: allowedCopyScope === 'AAD' || allowedCopyScope === 'PrivateLink' ? allowedCopyScope : undefined,
    lifecycle: await lifecycleOf(client, group, name, options),
  };
}

/** An account without rules has no policy at all: 404. */
async function lifecycleOf(
  client: StorageManagementClient,
  group: string,
  name: string,
  options: { readonly abortSignal?: AbortSignal },
): Promise<LifecycleRule[]> {
  try {
    const { policy } = await client.managementPolicies.get(group, name, 'default', options);
    return (policy?.rules ?? []).filter(({ enabled }) => enabled !== false).map(ruleOf);
  } catch (error) {
    if ((error as { readonly statusCode?: unknown }).statusCode === 404) return [];
    throw error;
  }
}

function ruleOf({ name, definition: { actions, filters } }: ManagementPolicyRule): LifecycleRule {
  return {
    name,
    blobTypes: filters?.blobTypes ?? [],
    prefixes: filters?.prefixMatch ?? [],
    deletes: actions.baseBlob?.delete !== undefined,
    archives: actions.baseBlob?.tierToArchive !== undefined,
  };
}

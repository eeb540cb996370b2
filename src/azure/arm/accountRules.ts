import type {
  BlobContainer,
  BlobServiceProperties,
  ManagementPolicyRule,
  StorageAccount,
  StorageManagementClient,
} from '@azure/arm-storage';
import { throwIfCancelled } from '../../engine/errors.ts';
import type { CallOptions } from '../../engine/pageBlob.ts';
import type { AccountRules, KeptVersions, LifecycleRule, RulesPart } from '../../engine/surroundings.ts';
import { normaliseEndpoint } from '../blobAddress.ts';
import type { Credential } from '../tokens.ts';
import type { ArmEndpoint } from './arm.ts';
import { storageClient } from './armClients.ts';
import { armError } from './armError.ts';

/** Whose rules are asked for. */
export interface RulesOf {
  /** The account's blob endpoint. */
  readonly endpoint: string;
  readonly container: string;
}

type Options = { readonly abortSignal?: AbortSignal };

/**
 * What only Azure Resource Manager knows of an account and a container in it (REST: Storage Accounts - List, Blob Services - Get Service Properties,
 * Blob Containers - Get, Management Policies - Get). Needs the role Reader; what is refused is told in `unseen`.
 * @returns undefined where the subscription has no such account
 * @throws accessDenied, signInNeeded, cancelled
 */
export async function accountRules(
  arm: ArmEndpoint,
  credential: Credential,
  subscription: string,
  { endpoint, container }: RulesOf,
  { signal }: CallOptions = {},
): Promise<AccountRules | undefined> {
  const options = signal ? { abortSignal: signal } : {};
  try {
    const client = await storageClient(arm, credential, subscription);
    for await (const account of client.storageAccounts.list(options)) {
      if (normaliseEndpoint(account.primaryEndpoints?.blob ?? '') !== normaliseEndpoint(endpoint)) continue;
      return await rulesOf(client, subscription, account, container, options);
    }
    return undefined;
  } catch (error) {
    throwIfCancelled(signal);
    throw armError(error, 'the storage account', signal);
  }
}

async function rulesOf(
  client: StorageManagementClient,
  subscription: string,
  { id = '', name = '', networkRuleSet, publicNetworkAccess, allowedCopyScope, immutableStorageWithVersioning }: StorageAccount,
  container: string,
  options: Options,
): Promise<AccountRules> {
  const group = /\/resourceGroups\/([^/]+)\//i.exec(id)?.[1] ?? '';
  const unseen: RulesPart[] = [];
  /** What cannot be there, or is not, has no rules; what may not be seen is told. */
  const part = async <T>(what: RulesPart, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      const { statusCode } = error as { readonly statusCode?: unknown };
      if (statusCode !== 403 && statusCode !== 404) throw error;
      if (statusCode === 403) unseen.push(what);
      return undefined;
    }
  };
  const service = await part('service', () => client.blobServices.getServiceProperties(group, name, options));
  const where = container === '' ? undefined : await part('container', () => client.blobContainers.get(group, name, container, options));
  // An account without rules has no policy at all: 404.
  const policy = await part('lifecycle', () => client.managementPolicies.get(group, name, 'default', options));
  const isClosed = publicNetworkAccess !== undefined && publicNetworkAccess !== 'Enabled';
  const network = isClosed ? 'closed' : (networkRuleSet?.defaultAction ?? 'Allow') === 'Allow' ? 'open' : 'restricted';
  return {
    resource: { subscription, group, account: name },
    versioning: service?.isVersioningEnabled ?? false,
    softDeleteDays: daysOf(service?.deleteRetentionPolicy),
    containerSoftDeleteDays: daysOf(service?.containerDeleteRetentionPolicy),
    network,
    copyScope: allowedCopyScope === 'AAD' || allowedCopyScope === 'PrivateLink' ? allowedCopyScope : undefined,
    keepsVersions: versionsOf(where) ?? versionsOfAll(immutableStorageWithVersioning),
    legalHolds: (where?.legalHold?.tags ?? []).flatMap(({ tag }) => tag ?? []),
    lifecycle: (policy?.policy?.rules ?? []).filter(({ enabled }) => enabled !== false).map(ruleOf),
    unseen,
  };
}

function daysOf(policy: BlobServiceProperties['deleteRetentionPolicy']): number {
  return policy?.enabled ? (policy.days ?? 1) : 0;
}

/** The default that versions in a container get. Without version-level support the policy is one of the container itself, which the blob service tells too. */
function versionsOf(container: BlobContainer | undefined): KeptVersions | undefined {
  if (!container?.immutableStorageWithVersioning?.enabled) return undefined;
  return kept('container', container.immutabilityPolicy);
}

function versionsOfAll(account: StorageAccount['immutableStorageWithVersioning']): KeptVersions | undefined {
  return account?.enabled ? kept('account', account.immutabilityPolicy) : undefined;
}

function kept(
  by: KeptVersions['by'],
  policy: { readonly immutabilityPeriodSinceCreationInDays?: number; readonly state?: string } | undefined,
): KeptVersions | undefined {
  const { immutabilityPeriodSinceCreationInDays: days, state } = policy ?? {};
  return days === undefined || state === 'Disabled' ? undefined : { by, days, locked: state === 'Locked' };
}

function ruleOf({ name, definition: { actions, filters } }: ManagementPolicyRule): LifecycleRule {
  return {
    name,
    blobTypes: filters?.blobTypes ?? [],
    prefixes: filters?.prefixMatch ?? [],
    tagged: (filters?.blobIndexMatch ?? []).length > 0,
    deletes: actions.baseBlob?.delete !== undefined,
    archives: actions.baseBlob?.tierToArchive !== undefined,
  };
}

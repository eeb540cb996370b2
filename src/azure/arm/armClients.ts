import type { StorageManagementClient } from '@azure/arm-storage';
import type { SubscriptionClient } from '@azure/arm-resources-subscriptions';
import type { Credential } from '../tokens.ts';
import type { ArmEndpoint } from './arm.ts';

/** Lists are asked again twice at most; people wait for them. */
const RETRIES = { maxRetries: 2, retryDelayInMs: 500, maxRetryDelayInMs: 4000 };

/** The SDK's client of tenants and subscriptions, loaded at the first use. */
export async function subscriptionClient(arm: ArmEndpoint, credential: Credential): Promise<SubscriptionClient> {
  const sdk = await import('@azure/arm-resources-subscriptions');
  return new sdk.SubscriptionClient(credential, optionsOf(arm));
}

/** The SDK's client of the storage accounts in one subscription, loaded at the first use. */
export async function storageClient(arm: ArmEndpoint, credential: Credential, subscriptionId: string): Promise<StorageManagementClient> {
  const sdk = await import('@azure/arm-storage');
  return new sdk.StorageManagementClient(credential, subscriptionId, optionsOf(arm));
}

function optionsOf({ url, scope }: ArmEndpoint) {
  return {
    endpoint: url,
    credentials: { scopes: [scope] },
    retryOptions: RETRIES,
    // ARM never redirects a list; whoever does would be shown the token.
    redirectOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'page-blob-backup' },
  };
}

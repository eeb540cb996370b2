import { isBackupError, throwIfCancelled } from '../../engine/errors.ts';
import type { CallOptions } from '../../engine/pageBlob.ts';
import { forEachBounded } from '../../engine/transfer/concurrency.ts';
import { AT_ONCE, type ArmEndpoint, type ArmProblem, type CredentialFor, type Subscription } from './arm.ts';
import { subscriptionClient } from './armClients.ts';
import { armError } from './armError.ts';

export interface FoundSubscriptions {
  /** By name. */
  readonly subscriptions: readonly Subscription[];
  readonly problems: readonly ArmProblem[];
}

interface Tenant {
  readonly id: string;
  readonly label: string;
}

/**
 * REST: Tenants - List, and Subscriptions - List in each tenant: a token of one tenant shows the subscriptions of this tenant only.
 * @param user for people, such as a mail address
 * @throws cancelled; everything else becomes a problem
 */
export async function findSubscriptions(
  arm: ArmEndpoint,
  user: string,
  credentialFor: CredentialFor,
  { signal }: CallOptions = {},
): Promise<FoundSubscriptions> {
  const found = new Map<string, Subscription>();
  const problems: ArmProblem[] = [];
  let tenants: readonly Tenant[] = [];
  try {
    tenants = await tenantsOf(arm, credentialFor, signal);
  } catch (error) {
    problems.push({ level: 'user', label: user, tenantId: undefined, error: problemOf(error, user, signal) });
  }
  const look = async ({ id, label }: Tenant): Promise<void> => {
    try {
      for (const subscription of await subscriptionsIn(arm, credentialFor, id, signal)) {
        if (!found.has(subscription.id) || subscription.tenantId === id) found.set(subscription.id, subscription);
      }
    } catch (error) {
      problems.push({ level: 'tenant', label, tenantId: id, error: problemOf(error, `the directory "${label}"`, signal) });
    }
  };
  await forEachBounded(tenants, AT_ONCE, () => 0, look, signal);
  return { subscriptions: [...found.values()].sort((a, b) => a.name.localeCompare(b.name)), problems };
}

async function tenantsOf(arm: ArmEndpoint, credentialFor: CredentialFor, signal: AbortSignal | undefined): Promise<Tenant[]> {
  const client = await subscriptionClient(arm, credentialFor(undefined));
  const tenants: Tenant[] = [];
  for await (const { tenantId, displayName, defaultDomain } of client.tenants.list(signal ? { abortSignal: signal } : {})) {
    if (tenantId) tenants.push({ id: tenantId, label: displayName ?? defaultDomain ?? tenantId });
  }
  return tenants;
}

async function subscriptionsIn(
  arm: ArmEndpoint,
  credentialFor: CredentialFor,
  tenant: string,
  signal: AbortSignal | undefined,
): Promise<Subscription[]> {
  const client = await subscriptionClient(arm, credentialFor(tenant));
  const subscriptions: Subscription[] = [];
  for await (const { subscriptionId, displayName, tenantId, state } of client.subscriptions.list(signal ? { abortSignal: signal } : {})) {
    if (!subscriptionId || state === 'Deleted') continue;
    subscriptions.push({ id: subscriptionId, name: displayName ?? subscriptionId, tenantId: tenantId ?? tenant, shownBy: tenant });
  }
  return subscriptions;
}

function problemOf(error: unknown, what: string, signal: AbortSignal | undefined) {
  throwIfCancelled(signal);
  const mapped = armError(error, what, signal);
  if (isBackupError(mapped, 'cancelled')) throw mapped;
  return mapped;
}

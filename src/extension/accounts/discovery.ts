import type { ArmEndpoint, ArmProblem, CredentialFor, FoundAccount, LeftOut, Subscription } from '../../azure/arm/arm.ts';
import type { RulesOf } from '../../azure/arm/accountRules.ts';
import type { FoundAccounts } from '../../azure/arm/findAccounts.ts';
import type { FoundSubscriptions } from '../../azure/arm/findSubscriptions.ts';
import type { Credential } from '../../azure/tokens.ts';
import type { AccountRules } from '../../engine/surroundings.ts';
import type { CallOptions } from '../../engine/pageBlob.ts';
import type { MicrosoftAccount } from './sessions.ts';

/** Azure Resource Manager as the extension uses it; the real one loads the SDK at the first call. */
export interface Arm {
  findSubscriptions(arm: ArmEndpoint, user: string, credentialFor: CredentialFor, options: CallOptions): Promise<FoundSubscriptions>;
  findAccounts(
    arm: ArmEndpoint,
    subscriptions: readonly Subscription[],
    credentialFor: CredentialFor,
    options: CallOptions,
  ): Promise<FoundAccounts>;
  accountRules(
    arm: ArmEndpoint,
    credential: Credential,
    subscription: string,
    of: RulesOf,
    options: CallOptions,
  ): Promise<AccountRules | undefined>;
}

export const lazyArm: Arm = {
  findSubscriptions: async (...asked) => (await import('../../azure/arm/findSubscriptions.ts')).findSubscriptions(...asked),
  findAccounts: async (...asked) => (await import('../../azure/arm/findAccounts.ts')).findAccounts(...asked),
  accountRules: async (...asked) => (await import('../../azure/arm/accountRules.ts')).accountRules(...asked),
};

/** Somebody whose subscriptions can be looked at: a Microsoft account of VS Code, or whoever the other credentials stand for. */
export interface User {
  /** undefined for the other credentials. */
  readonly account: MicrosoftAccount | undefined;
  readonly label: string;
  readonly credentialFor: CredentialFor;
}

/** A subscription and who can see it. Holds no secret; kept as the user's choice. */
export interface UserSubscription extends Subscription {
  /** Id of the Microsoft account. */
  readonly user: string | undefined;
}

/** A storage account and who can see it. Holds no secret; kept as a hint for addresses that come before the first look. */
export interface UserAccount extends Omit<FoundAccount, 'subscription'> {
  readonly subscription: UserSubscription;
}

export interface UserProblem extends ArmProblem {
  readonly user: string | undefined;
}

export interface Discovery {
  readonly accounts: readonly UserAccount[];
  readonly leftOut: readonly LeftOut[];
  readonly problems: readonly UserProblem[];
}

export interface Subscriptions {
  readonly subscriptions: readonly UserSubscription[];
  readonly problems: readonly UserProblem[];
}

/** Every subscription of all users, each once. @throws cancelled */
export async function subscriptionsOf(
  arm: Arm,
  endpoint: ArmEndpoint,
  users: readonly User[],
  options: CallOptions,
): Promise<Subscriptions> {
  const subscriptions = new Map<string, UserSubscription>();
  const problems: UserProblem[] = [];
  for (const { account, label, credentialFor } of users) {
    const found = await arm.findSubscriptions(endpoint, label, credentialFor, options);
    for (const one of found.subscriptions) if (!subscriptions.has(one.id)) subscriptions.set(one.id, { ...one, user: account?.id });
    problems.push(...of(account, found.problems));
  }
  return { subscriptions: [...subscriptions.values()], problems };
}

/**
 * The storage accounts of all users.
 * @param chosen the subscriptions to look at; undefined for all of them
 * @throws cancelled
 */
export async function discover(
  arm: Arm,
  endpoint: ArmEndpoint,
  users: readonly User[],
  chosen: readonly UserSubscription[] | undefined,
  options: CallOptions,
): Promise<Discovery> {
  const { subscriptions, problems } = chosenOf(chosen, users) ?? (await subscriptionsOf(arm, endpoint, users, options));
  const perUser = await Promise.all(
    users.map(async ({ account, credentialFor }) => {
      const seen = subscriptions.filter(({ user }) => user === account?.id);
      const found = await arm.findAccounts(endpoint, seen, credentialFor, options);
      return { ...found, problems: of(account, found.problems) };
    }),
  );
  return {
    accounts: perUser.flatMap(({ accounts }) => accounts.map((found) => withUser(found, subscriptions))),
    leftOut: perUser.flatMap(({ leftOut }) => leftOut),
    problems: [...problems, ...perUser.flatMap((found) => found.problems)],
  };
}

/** A choice made by users who are no longer there says nothing. */
function chosenOf(chosen: readonly UserSubscription[] | undefined, users: readonly User[]): Subscriptions | undefined {
  const ours = chosen?.filter(({ user }) => users.some(({ account }) => account?.id === user));
  if (!chosen || !ours || (ours.length === 0 && chosen.length > 0)) return undefined;
  return { subscriptions: ours, problems: [] };
}

function of(account: MicrosoftAccount | undefined, problems: readonly ArmProblem[]): UserProblem[] {
  return problems.map(({ level, label, tenantId, error }) => ({ level, label, tenantId, error, user: account?.id }));
}

function withUser(found: FoundAccount, subscriptions: readonly UserSubscription[]): UserAccount {
  return { ...found, subscription: subscriptions.find(({ id }) => id === found.subscription.id)! };
}

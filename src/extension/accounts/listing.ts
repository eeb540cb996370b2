import type { ArmProblem, LeftOut } from '../../azure/arm/arm.ts';
import type { Localise } from '../words/voice.ts';
import type { AccountListing, AccountProblem, StorageAccount } from './account.ts';
import { accountId } from './accountId.ts';
import type { AttachedAccount } from './attached.ts';
import type { Discovery, UserAccount } from './discovery.ts';

/** Puts attached and found accounts together. An account that is both keeps its own credential, and learns its subscription. */
export function accountsOf(
  attached: readonly AttachedAccount[],
  found: readonly UserAccount[],
  pinned: ReadonlySet<string>,
): StorageAccount[] {
  const accounts = new Map<string, StorageAccount>();
  for (const account of found) {
    const id = accountId(account.endpoint);
    accounts.set(id, foundAccount(id, account, pinned));
  }
  for (const account of attached) {
    const facts = accounts.get(accountId(account.endpoint));
    accounts.set(account.id, attachedAccount(account, facts, pinned));
  }
  return [...accounts.values()].sort(
    (a, b) => Number(b.pinned) - Number(a.pinned) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  );
}

/** What kept accounts from being found, a row each; tenants that only need a sign-in share one. */
export function problemsOf(t: Localise, problems: readonly ArmProblem[]): AccountProblem[] {
  const needSignIn = problems.filter(({ level, error }) => level === 'tenant' && error.code === 'signInNeeded');
  const rest = problems.filter((problem) => !needSignIn.includes(problem));
  const rows = rest.map(({ label, error }): AccountProblem => ({
    label,
    text: error.fullText,
    remedy: error.code === 'signInNeeded' ? 'signIn' : 'retry',
  }));
  if (needSignIn.length === 0) return rows;
  const names = needSignIn.map(({ label }) => label).join(', ');
  return [...rows, { label: names, text: t('These directories ask for a sign-in of their own: {0}.', names), remedy: 'signIn' }];
}

export function reasonText(t: Localise, reason: LeftOut['reason']): string {
  switch (reason) {
    case 'kind':
      return t('This kind of account holds no page blobs.');
    case 'hierarchical':
      return t('Data Lake accounts (hierarchical namespace) hold no page blobs.');
    case 'noBlobEndpoint':
      return t('This account has no blob endpoint.');
  }
}

export function listingOf(
  t: Localise,
  attached: readonly AttachedAccount[],
  discovery: (Discovery & { readonly signedIn: boolean }) | undefined,
  pinned: ReadonlySet<string>,
): AccountListing {
  const accounts = accountsOf(attached, discovery?.accounts ?? [], pinned);
  if (!discovery) return { accounts, problems: [], signedIn: false, looking: true };
  return {
    accounts,
    problems: problemsOf(t, discovery.problems),
    signedIn: discovery.signedIn,
    leftOut: discovery.leftOut.map(({ name, reason }) => ({ name, reason: reasonText(t, reason) })),
  };
}

function foundAccount(
  id: string,
  { name, endpoint, subscription, premium, location }: UserAccount,
  pinned: ReadonlySet<string>,
): StorageAccount {
  return {
    id,
    name,
    endpoint,
    origin: 'subscription',
    scope: undefined,
    subscription: { id: subscription.id, name: subscription.name, tenantId: subscription.tenantId },
    premium,
    location,
    pinned: pinned.has(id),
  };
}

function attachedAccount(account: AttachedAccount, facts: StorageAccount | undefined, pinned: ReadonlySet<string>): StorageAccount {
  const { id, name, endpoint, origin, scope } = account;
  return {
    id,
    name: facts?.name ?? name,
    endpoint,
    origin,
    scope,
    subscription: facts?.subscription,
    premium: facts?.premium,
    location: facts?.location,
    pinned: pinned.has(id),
  };
}

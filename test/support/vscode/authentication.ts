import { EventEmitter } from './basics.ts';

interface Account {
  readonly id: string;
  readonly label: string;
}

export interface AskedSession {
  readonly provider: string;
  readonly wish: readonly string[] | { readonly wwwAuthenticate: string; readonly fallbackScopes?: readonly string[] };
  readonly options: {
    readonly silent?: boolean;
    readonly createIfNone?: unknown;
    readonly clearSessionPreference?: boolean;
    readonly account?: Account;
  };
}

/** Who is signed in to the stand-in, and what it was asked. */
export const microsoft = {
  accounts: [] as Account[],
  asked: [] as AskedSession[],
  /** Answers a silent question; undefined where a dialog would be needed. */
  silent: (_asked: AskedSession): string | undefined | Promise<string | undefined> => 'token',
  /** Answers a dialog; undefined when the user turns away. */
  dialog: (_asked: AskedSession): Account | undefined => undefined,
};

const changed = new EventEmitter<{ provider: { id: string; label: string } }>();

/** Accounts came or went. */
export function sessionsChanged(provider: string): void {
  changed.fire({ provider: { id: provider, label: provider } });
}

export const onDidChangeSessions = changed.event;

export async function getAccounts(): Promise<readonly Account[]> {
  return microsoft.accounts;
}

export async function getSession(provider: string, wish: AskedSession['wish'], options: AskedSession['options'] = {}): Promise<unknown> {
  const asked = { provider, wish, options };
  microsoft.asked.push(asked);
  const account = options.account ?? microsoft.accounts[0];
  const token = account && !options.clearSessionPreference ? await microsoft.silent(asked) : undefined;
  if (token !== undefined) return { id: account!.id, accessToken: token, account, scopes: [] };
  if (!options.createIfNone) return undefined;
  const given = microsoft.dialog(asked);
  if (!given) throw new Error('User did not consent to login.');
  return { id: given.id, accessToken: 'token', account: given, scopes: [] };
}

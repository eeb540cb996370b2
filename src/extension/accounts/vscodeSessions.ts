import * as vscode from 'vscode';
import type { MicrosoftAccount, MicrosoftSessions, TokenWish } from './sessions.ts';

/** VS Code's Microsoft account. `token` is silent; `signIn` is the only thing here that shows a dialog. */
export class VsCodeSessions implements MicrosoftSessions {
  readonly #provider: () => string;
  readonly #debug: (text: string) => void;
  #unmet: TokenWish | undefined;

  constructor(provider: () => string, debug: (text: string) => void) {
    this.#provider = provider;
    this.#debug = debug;
  }

  async accounts(): Promise<readonly MicrosoftAccount[]> {
    try {
      return await vscode.authentication.getAccounts(this.#provider());
    } catch (error) {
      this.#debug(`No accounts of ${this.#provider()}: ${String(error)}`);
      return [];
    }
  }

  async token(wish: TokenWish): Promise<string | undefined> {
    try {
      const session = await vscode.authentication.getSession(this.#provider(), requestOf(wish), { silent: true, account: wish.account });
      if (!session && wish.claims !== undefined) this.#unmet = wish;
      return session?.accessToken;
    } catch (error) {
      this.#debug(`No session of ${this.#provider()} for ${wish.scope}: ${String(error)}`);
      return undefined;
    }
  }

  /** What a service asked for that only a dialog can give; the next sign-in gives it. */
  get unmet(): TokenWish | undefined {
    return this.#unmet;
  }

  /** Shows VS Code's own sign-in. @returns the account, or undefined when the user went away */
  async signIn(
    wish: Omit<TokenWish, 'account'> & { readonly account: MicrosoftAccount | undefined },
  ): Promise<MicrosoftAccount | undefined> {
    const { account } = wish;
    const preference = account ? { account } : { clearSessionPreference: true };
    try {
      const session = await vscode.authentication.getSession(this.#provider(), requestOf(wish), { createIfNone: true, ...preference });
      this.#unmet = undefined;
      return session.account;
    } catch (error) {
      this.#debug(`Not signed in: ${String(error)}`);
      return undefined;
    }
  }

  /** Tells when accounts come or go; a session that is merely renewed is none of these. */
  onDidChangeAccounts(listener: () => void): vscode.Disposable {
    let known: string | undefined;
    const look = async (): Promise<string> => (await this.accounts()).map(({ id }) => id).join();
    const compare = async (): Promise<void> => {
      const now = await look();
      if (now !== known) listener();
      known = now;
    };
    return vscode.authentication.onDidChangeSessions(({ provider }) => {
      if (provider.id === this.#provider()) void compare();
    });
  }
}

function requestOf({
  scope,
  tenantId,
  claims,
}: Omit<TokenWish, 'account'>): readonly string[] | vscode.AuthenticationWwwAuthenticateRequest {
  const scopes = tenantId === undefined ? [scope] : [scope, `VSCODE_TENANT:${tenantId}`];
  if (claims === undefined) return scopes;
  const encoded = Buffer.from(claims).toString('base64');
  return { wwwAuthenticate: `Bearer error="insufficient_claims", claims="${encoded}"`, fallbackScopes: scopes };
}

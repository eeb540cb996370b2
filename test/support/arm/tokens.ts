import type { MicrosoftAccount, MicrosoftSessions, TokenWish } from '../../../src/extension/accounts/sessions.ts';

/** What a token of the tests says, as Entra's tokens do. */
export interface Claims {
  readonly aud: string;
  readonly tid: string;
  readonly user: string;
  /** Seconds. */
  readonly exp: number;
  readonly serial: number;
  /** What was asked for on top, as JSON. */
  readonly claims: string | undefined;
}

export const HOME_TENANT = '00000000-0000-4000-8000-00000000000a';

export function claimsOf(token: string): Claims | undefined {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
  } catch {
    return undefined;
  }
}

/** Stands for VS Code's Microsoft account. A token is handed out again until it is renewed. */
export class FakeSessions implements MicrosoftSessions {
  readonly wishes: TokenWish[] = [];
  signedIn: MicrosoftAccount[] = [{ id: 'ada', label: 'ada@example.com' }];
  /** Tenants that would need a dialog. */
  readonly closedTenants = new Set<string>();
  /** Scopes that would need a dialog. */
  readonly closedScopes = new Set<string>();
  /** A token counts as renewed after so many uses. */
  renewAfter = Infinity;
  /** Seconds that a token says it lives. */
  lifetime = 3600;
  /** Told of each token that is made. */
  onIssue: (token: string, claims: Claims) => void = () => undefined;
  #serial = 0;
  readonly #tokens = new Map<string, { token: string; uses: number }>();

  get issued(): number {
    return this.#serial;
  }

  async accounts(): Promise<readonly MicrosoftAccount[]> {
    return this.signedIn;
  }

  async token(wish: TokenWish): Promise<string | undefined> {
    this.wishes.push(wish);
    const { account, scope, tenantId = HOME_TENANT, claims } = wish;
    if (!this.signedIn.some(({ id }) => id === account.id) || this.closedTenants.has(tenantId) || this.closedScopes.has(scope))
      return undefined;
    const key = JSON.stringify([account.id, scope, tenantId, claims]);
    const held = this.#tokens.get(key);
    if (held && held.uses++ < this.renewAfter) return held.token;
    const exp = Math.floor(Date.now() / 1000) + this.lifetime;
    const said: Claims = { aud: scope.replace(/\/\.default$/, ''), tid: tenantId, user: account.id, exp, serial: ++this.#serial, claims };
    const token = ['{"alg":"none"}', JSON.stringify(said), 'test'].map((part) => Buffer.from(part).toString('base64url')).join('.');
    this.#tokens.set(key, { token, uses: 1 });
    this.onIssue(token, said);
    return token;
  }
}

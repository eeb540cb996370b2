import { BackupError, throwIfCancelled } from '../../engine/errors.ts';
import type { Credential } from '../../azure/tokens.ts';
import type { Localise } from '../words/voice.ts';
import type { MicrosoftAccount, MicrosoftSessions } from './sessions.ts';

type Options = NonNullable<Parameters<Credential['getToken']>[1]>;
type Token = NonNullable<Awaited<ReturnType<Credential['getToken']>>>;

/** A session is asked for each request; bursts of requests share an answer this long, since asking crosses processes. */
const HOLD_MS = 5000;
/** Of a token that is not a JWT nobody knows when it ends; the SDK asks again after this. */
const UNKNOWN_LIFE_MS = 60_000;
/** A token with less than this left is never held. */
const NEARLY_OVER_MS = 5 * 60_000;

/**
 * Tokens from VS Code's sessions: asked for at each use, so that a run outlives any single token, and a sign-out takes effect.
 * @throws signInNeeded where only a dialog would help
 */
export class SessionCredential implements Credential {
  readonly #sessions: MicrosoftSessions;
  readonly #accounts: () => Promise<readonly MicrosoftAccount[]>;
  readonly #tenantId: string | undefined;
  readonly #t: Localise;
  readonly #now: () => number;
  readonly #held = new Map<string, { readonly token: Token; readonly until: number }>();
  readonly #asked = new Map<string, Promise<Token | undefined>>();

  /** @param accounts whose sessions may be used; the first that gives a token is. @param tenantId whose tokens are wanted; undefined leaves it to the service */
  constructor(
    sessions: MicrosoftSessions,
    accounts: () => Promise<readonly MicrosoftAccount[]>,
    tenantId: string | undefined,
    t: Localise,
    now: () => number = Date.now,
  ) {
    this.#sessions = sessions;
    this.#accounts = accounts;
    this.#tenantId = tenantId;
    this.#t = t;
    this.#now = now;
  }

  async getToken(scopes: string | string[], { abortSignal, tenantId, claims }: Options = {}): Promise<Token> {
    const signal = abortSignal as AbortSignal | undefined;
    throwIfCancelled(signal);
    const [scope = ''] = Array.isArray(scopes) ? scopes : [scopes];
    // The tenant that is known counts; what a service says of itself only where nothing is known.
    const tenant = this.#tenantId ?? tenantId;
    const key = JSON.stringify([scope, tenant, claims]);
    const held = this.#held.get(key);
    if (held && held.until > this.#now()) return held.token;
    const asked = this.#asked.get(key) ?? this.#ask(scope, tenant, claims).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    const token = await asked;
    throwIfCancelled(signal);
    if (!token) throw signInNeeded(this.#t);
    const now = this.#now();
    if (token.expiresOnTimestamp - now > NEARLY_OVER_MS) this.#held.set(key, { token, until: now + HOLD_MS });
    return token;
  }

  async #ask(scope: string, tenantId: string | undefined, claims: string | undefined): Promise<Token | undefined> {
    for (const account of await this.#accounts()) {
      const token = await this.#sessions.token({ account, scope, tenantId, claims });
      if (token !== undefined) return { token, expiresOnTimestamp: endOf(token) ?? this.#now() + UNKNOWN_LIFE_MS };
    }
    return undefined;
  }
}

/** Sessions first; where nobody is signed in to VS Code, the other credentials. */
export function withFallback(sessions: Credential, other: Credential): Credential {
  return {
    async getToken(scopes, options) {
      try {
        return await sessions.getToken(scopes, options);
      } catch (error) {
        if (!(error instanceof BackupError) || error.code !== 'signInNeeded') throw error;
        try {
          return await other.getToken(scopes, options);
        } catch {
          throw error;
        }
      }
    },
  };
}

export function signInNeeded(t: Localise): BackupError {
  return new BackupError('signInNeeded', t('No Microsoft account is signed in that may be used here.'), {
    hint: t('Run "Page Blob Backup: Sign In".'),
  });
}

/** When a JWT ends, in milliseconds. */
function endOf(token: string): number | undefined {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

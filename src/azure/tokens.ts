import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { BackupError } from '../engine/errors.ts';
import { redact } from '../engine/redact.ts';

/** The audience of every storage account, in every cloud. */
export const STORAGE_SCOPE = 'https://storage.azure.com/.default';

/** The SDK's interface of whoever gives tokens, for folders that do not import the SDK. */
export type Credential = TokenCredential;

/** A token is asked for anew this long before it ends. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * A credential that is made at its first use and asked at every request; tokens that still live are handed out again, so that credentials that
 * start a program each time (Azure CLI) stay quick. A run may thus outlive any single token.
 * @throws signInNeeded when nobody is signed in, network when a token that was there cannot be renewed for want of a network
 */
export class LazyCredential implements TokenCredential {
  readonly #make: () => Promise<TokenCredential>;
  readonly #now: () => number;
  #made: Promise<TokenCredential> | undefined;
  #tokens = new Map<string, AccessToken>();

  constructor(make: () => Promise<TokenCredential>, now: () => number) {
    this.#make = make;
    this.#now = now;
  }

  async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
    const key = JSON.stringify([scopes, options.tenantId, options.claims]);
    const held = this.#tokens.get(key);
    if (held && held.expiresOnTimestamp - RENEW_BEFORE_MS > this.#now()) return held;
    try {
      this.#made ??= this.#make();
      const token = await (await this.#made).getToken(scopes, options);
      if (token) {
        this.#tokens.set(key, token);
        return token;
      }
    } catch (error) {
      if (options.abortSignal?.aborted || error instanceof BackupError) throw error;
      throw signInNeeded(error, held !== undefined);
    }
    throw signInNeeded(undefined, false);
  }
}

/** Azure CLI, environment, managed identity and so on. The library is loaded only when it is needed. */
export async function defaultCredential(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}

/** Without a network nobody can renew a token; that passes, and is no reason to sign in again. */
const NO_NETWORK =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network_error|endpoints_resolution_error)\b/;

function signInNeeded(error: unknown, heldBefore: boolean): BackupError {
  const text = error instanceof Error ? redact(error.message) : '';
  if (heldBefore && NO_NETWORK.test(text)) {
    return new BackupError('network', 'The sign-in to Microsoft Entra ID could not be renewed: the network does not answer.', {
      retryable: true,
    });
  }
  // Credentials that try one way after the other say nothing in their first line; the code of Entra ID tells most.
  const reason = /AADSTS\d+[^\r\n]*/.exec(text)?.[0] ?? (/^(?:Chained|Default)/.test(text) ? undefined : text.split('\n', 1)[0]);
  return new BackupError('signInNeeded', `Nobody is signed in to Microsoft Entra ID${reason ? ` (${reason.slice(0, 300)})` : ''}.`, {
    hint: 'Sign in with "az login", give a URL with a SAS, or set AZURE_STORAGE_CONNECTION_STRING.',
  });
}

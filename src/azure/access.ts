import type { TokenCredential } from '@azure/identity';
import { BackupError } from '../engine/errors.ts';
import { normaliseEndpoint, type BlobAddress } from './blobAddress.ts';
import { parseConnectionString, type ConnectionString } from './connectionString.ts';
import { Secret } from './secret.ts';

/** How requests to one account are authorised. */
export type Access =
  | { readonly kind: 'sas'; readonly sas: Secret }
  | { readonly kind: 'key'; readonly account: string; readonly key: Secret }
  | { readonly kind: 'token'; readonly credential: TokenCredential };

/** Another source of credentials, such as the extension's SecretStorage, asked before the environment; undefined passes the question on. */
export type FindAccess = (address: BlobAddress) => Access | undefined | Promise<Access | undefined>;

/** Access with an account key. */
export function accessWithKey(account: string, key: string): Access {
  return { kind: 'key', account, key: new Secret(key) };
}

/** Access with a SAS, with or without its question mark. */
export function accessWithSas(sas: string): Access {
  return { kind: 'sas', sas: new Secret(sas.replace(/^\?/, '')) };
}

/** Access that a connection string gives to its own account. @throws badInput when it holds no credential for blobs */
export function accessWithConnectionString(text: string): { readonly endpoint: string; readonly access: Access } {
  const parsed = parseConnectionString(text);
  if (!parsed) throw new BackupError('badInput', 'The connection string gives no blob endpoint with an account key or a SAS.');
  return { endpoint: parsed.endpoint, access: accessOf(parsed) };
}

const VARIABLE = 'AZURE_STORAGE_CONNECTION_STRING';

/**
 * The connection strings in the environment: `AZURE_STORAGE_CONNECTION_STRING` first, then `AZURE_STORAGE_CONNECTION_STRING_<ANYTHING>` by name.
 * One that cannot be read is left out; its name is told when a sign-in is missing.
 */
export class EnvironmentAccess {
  /** Blob endpoints of all strings. */
  readonly endpoints: readonly string[];
  /** Names of variables that hold no usable connection string. */
  readonly unreadable: readonly string[];
  readonly #strings: readonly ConnectionString[];

  constructor(env: Readonly<Record<string, string | undefined>>) {
    const names = Object.keys(env)
      .filter((name) => env[name] && (name === VARIABLE || name.startsWith(`${VARIABLE}_`)))
      .sort();
    const parsed = names.map((name) => ({ name, string: parseConnectionString(env[name]!) }));
    this.#strings = parsed.flatMap(({ string }) => string ?? []);
    this.unreadable = parsed.filter(({ string }) => !string).map(({ name }) => name);
    this.endpoints = this.#strings.map(({ endpoint }) => endpoint);
  }

  /** The credential of the first connection string whose blob endpoint is the address's. */
  find(address: BlobAddress): Access | undefined {
    const wanted = normaliseEndpoint(address.endpoint);
    const string = this.#strings.find(({ endpoint }) => normaliseEndpoint(endpoint) === wanted);
    return string && accessOf(string);
  }
}

/**
 * Tokens go over https only.
 * @throws signInNeeded for http, where neither a SAS nor a connection string was found
 */
export function tokenAccess(address: BlobAddress, credential: TokenCredential, unreadable: readonly string[]): Access {
  if (address.endpoint.startsWith('https:')) return { kind: 'token', credential };
  const bad = unreadable.length === 0 ? '' : ` No connection string could be read from ${unreadable.join(', ')}.`;
  throw new BackupError(
    'signInNeeded',
    `There is no sign-in for ${address.endpoint}, and Microsoft Entra ID works with https only.${bad}`,
    {
      hint: `Give a URL with a SAS, or set ${VARIABLE} to a connection string with that blob endpoint.`,
    },
  );
}

function accessOf({ account, key, sas }: ConnectionString): Access {
  if (key && account) return { kind: 'key', account, key };
  return { kind: 'sas', sas: sas! };
}

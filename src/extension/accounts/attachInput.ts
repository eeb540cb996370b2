import { normaliseEndpoint, parseAccountUrl, type BlobAddress } from '../../azure/blobAddress.ts';
import { parseConnectionString } from '../../azure/connectionString.ts';
import { Secret } from '../../azure/secret.ts';
import { accountId } from './accountId.ts';
import type { Attached, AttachedAccount } from './attached.ts';
import { attachUrl, isEncrypted, isLocal, nameOf, sasAttachment } from './attachUrl.ts';

/** What a person gives to attach an account. */
export type AttachInput =
  | { readonly kind: 'connectionString'; readonly text: string }
  /** Without `endpoint`: the account's in the cloud with this suffix. */
  | { readonly kind: 'key'; readonly name: string; readonly key: string; readonly endpoint?: string; readonly suffix: string }
  /** The URL of an account, container or blob. With a SAS the SAS counts, without one the sign-in. */
  | { readonly kind: 'sas' | 'url'; readonly text: string }
  /** A connection string of an emulator on this machine. */
  | { readonly kind: 'emulator'; readonly text: string };

/** The account of every storage emulator, as it is known everywhere. */
export const EMULATOR = 'UseDevelopmentStorage=true';

/**
 * Takes apart what was typed. Asks nobody.
 * @param endpoints blob endpoints known already; they tell path-style URLs from others
 * @param now milliseconds of the wall clock
 */
export function attach(input: AttachInput, endpoints: readonly string[], now: number): Attached {
  switch (input.kind) {
    case 'connectionString':
    case 'emulator':
      return fromConnectionString(input.text.trim(), input.kind, now);
    case 'key':
      return fromKey(input);
    case 'sas':
    case 'url':
      return attachUrl(input.text.trim(), input.kind, endpoints, now);
  }
}

/** The part of `attach` that the first input of "account name and key" needs. */
export function isAccountName(text: string): boolean {
  return /^[a-z0-9]{3,24}$/.test(text.trim());
}

function fromConnectionString(text: string, kind: 'connectionString' | 'emulator', now: number): Attached {
  if (text === '') return { problem: 'empty' };
  const parsed = parseConnectionString(text);
  if (!parsed) return { problem: /(^|;)\s*(AccountName|BlobEndpoint)\s*=/i.test(text) ? 'noCredential' : 'notConnectionString' };
  const { endpoint, key, sas, account } = parsed;
  const address = addressOf(endpoint);
  if (!address) return { problem: 'endpoint' };
  if (kind === 'emulator' && !isLocal(endpoint)) return { problem: 'notLocal' };
  const origin = isEmulator(endpoint, text) || kind === 'emulator' ? 'emulator' : 'attached';
  if (!key) return sasAttachment(sas!, address, origin, now);
  if (!isKey(key.reveal())) return { problem: 'key' };
  return keyAttachment(endpoint, account ?? nameOf(address), key, origin);
}

function fromKey({ name, key, endpoint, suffix }: AttachInput & { kind: 'key' }): Attached {
  const account = name.trim();
  const text = key.trim();
  if (account === '' || text === '') return { problem: 'empty' };
  if (endpoint === undefined && !isAccountName(account)) return { problem: 'accountName' };
  if (!isKey(text)) return { problem: 'key' };
  const given = (endpoint?.trim() || `https://${account}.blob.${suffix}`).replace(/\/+$/, '');
  const address = addressOf(given);
  if (!address) return { problem: 'endpoint' };
  return keyAttachment(given, account, new Secret(text), isEmulator(given, '') ? 'emulator' : 'attached');
}

/** The name is part of the secret: requests are signed with both, and for custom endpoints only the user knows it. */
function keyAttachment(endpoint: string, name: string, key: Secret, origin: AttachedAccount['origin']): Attached {
  const account = { id: accountId(endpoint), name, endpoint, origin, scope: undefined, access: 'key', expires: undefined } as const;
  return { attachment: { account, secret: key, warning: isEncrypted(endpoint) ? undefined : 'notEncrypted' } };
}

function addressOf(endpoint: string): BlobAddress | undefined {
  if (!/^https?:\/\//i.test(endpoint) || normaliseEndpoint(endpoint) === undefined) return undefined;
  try {
    const { address, sas } = parseAccountUrl(endpoint, [endpoint]);
    // Where the host names the account, a path would be a container.
    const plain = parseAccountUrl(endpoint).address;
    const isContainer = plain.account !== undefined && plain.container !== '';
    return sas || address.container !== '' || isContainer ? undefined : address;
  } catch {
    return undefined;
  }
}

function isEmulator(endpoint: string, text: string): boolean {
  return /UseDevelopmentStorage\s*=\s*true/i.test(text) || (isLocal(endpoint) && /\/devstoreaccount\d+$/.test(endpoint));
}

/** Keys are 64 bytes in base64; emulators take shorter ones. */
function isKey(text: string): boolean {
  return text.length >= 4 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

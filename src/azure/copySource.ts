import {
  BlobSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
  type BlobSASSignatureValues,
  type HttpAuthorization,
  type UserDelegationKey,
} from '@azure/storage-blob';
import { BackupError, isBackupError } from '../engine/errors.ts';
import type { CallOptions } from '../engine/pageBlob.ts';
import type { Access } from './access.ts';
import { withQuery } from './blobAddress.ts';
import type { BlobHandle } from './blobHandle.ts';
import { STORAGE_SCOPE } from './tokens.ts';
import { isAzureStorage } from './trustedHosts.ts';

/** `pages`: Put Page From URL, done in seconds. `blob`: Copy Blob, which the service may go on with for days. */
export type CopyUse = 'pages' | 'blob';

/** What the target's service needs to read the source. The URL holds a SAS: never print it. */
export interface SourceOfCopy {
  readonly url: string;
  readonly authorization?: HttpAuthorization;
}

/** A minted SAS is good for this long; Copy Blob has two weeks, a user delegation key seven days at most. */
const LIFETIME_MS: Readonly<Record<CopyUse, number>> = { pages: 2 * 60 * 60_000, blob: 7 * 24 * 60 * 60_000 - 60 * 60_000 };

/** Version of minted SAS: old enough for every cloud that has SAS of snapshots, new enough for all that is used here. */
const SAS_VERSION = '2020-12-06';
const SNAPSHOT_SAS_SINCE = '2018-11-09';
const BEARER_SINCE = '2020-10-02';

/**
 * Finds how the service of `target` may read `source`: with the SAS of the source's own URL, with a short read-only SAS for just this blob or
 * snapshot made with the account key, with the token itself, or with a user delegation SAS.
 * @throws notSupported where none of them is possible; copySourceRefused where a user delegation key is refused
 */
export async function sourceOfCopy(source: BlobHandle, target: BlobHandle, use: CopyUse, options: CallOptions): Promise<SourceOfCopy> {
  const access = await source.account.access();
  switch (access.kind) {
    case 'sas':
      return { url: withQuery(source.url, access.sas.reveal()) };
    case 'key':
      return { url: withQuery(source.url, mintedWithKey(source, access, use)) };
    case 'token': {
      // Copy Blob inside one account is authorised by the request itself.
      if (use === 'blob' && source.account === target.account) return { url: source.url };
      if (use === 'pages' && (await mayShowToken(access, target))) return { url: source.url, authorization: await bearer(access, options) };
      return { url: withQuery(source.url, await mintedWithToken(source, use, options)) };
    }
  }
}

/** A minted SAS and when to make a new one. */
interface Minted {
  readonly query: string;
  readonly renewAt: number;
}

/** By blob or snapshot; goes when the handle does. */
const minted = new WeakMap<BlobHandle, Map<CopyUse, Minted>>();

function mintedWithKey(source: BlobHandle, access: Access & { kind: 'key' }, use: CopyUse): string {
  const key = new StorageSharedKeyCredential(access.account, access.key.reveal());
  return cached(source, use, (values) => generateBlobSASQueryParameters(values, key).toString());
}

async function mintedWithToken(source: BlobHandle, use: CopyUse, { signal }: CallOptions): Promise<string> {
  const { account } = source.address;
  if (account === undefined) {
    throw new BackupError(
      'notSupported',
      `The name of the storage account cannot be told from ${source.address.endpoint}, so that no SAS can be made for it.`,
    );
  }
  const held = minted.get(source)?.get(use);
  if (held && held.renewAt > source.account.settings.now()) return held.query;
  const delegation = await delegationKey(source, use, signal);
  return cached(source, use, (values) => generateBlobSASQueryParameters(values, delegation, account).toString());
}

async function delegationKey(source: BlobHandle, use: CopyUse, signal: AbortSignal | undefined): Promise<UserDelegationKey> {
  const now = source.account.settings.now();
  try {
    return await source.account.call({ operation: 'delegationKey', target: source.address, signal }, async (both) => {
      const service = await source.account.service(source.address);
      // The start is left a little in the past: clocks differ.
      return service.getUserDelegationKey(new Date(now - 5 * 60_000), new Date(now + LIFETIME_MS[use]), { abortSignal: both });
    });
  } catch (error) {
    if (!isBackupError(error, 'accessDenied', 'signInNeeded', 'notSupported', 'badInput')) throw error;
    throw new BackupError('copySourceRefused', error.message, { cause: error, ...(error.hint === undefined ? {} : { hint: error.hint }) });
  }
}

function cached(source: BlobHandle, use: CopyUse, sign: (values: BlobSASSignatureValues) => string): string {
  const { settings } = source.account;
  const held = minted.get(source)?.get(use);
  if (held && held.renewAt > settings.now()) return held.query;
  const query = sign(valuesFor(source, settings.now() + LIFETIME_MS[use]));
  const byUse = minted.get(source) ?? new Map<CopyUse, Minted>();
  minted.set(source, byUse.set(use, { query, renewAt: settings.now() + LIFETIME_MS[use] / 2 }));
  return query;
}

function valuesFor({ address, account }: BlobHandle, expires: number): BlobSASSignatureValues {
  const ofSnapshot = address.snapshot !== undefined && account.speaks(SNAPSHOT_SAS_SINCE);
  return {
    containerName: address.container,
    blobName: address.blob,
    permissions: BlobSASPermissions.parse('r'),
    expiresOn: new Date(expires),
    version: account.speaks(SAS_VERSION) ? SAS_VERSION : account.settings.apiVersion!,
    ...(ofSnapshot ? { snapshotTime: address.snapshot } : {}),
    ...(address.endpoint.startsWith('https:') ? { protocol: SASProtocol.Https } : {}),
  };
}

/** The target's service is shown the source's token only where it is Azure, or gets the same token anyway. */
async function mayShowToken(source: Access & { kind: 'token' }, target: BlobHandle): Promise<boolean> {
  if (!target.account.speaks(BEARER_SINCE)) return false;
  const access = await target.account.access();
  const { endpoint } = target.address;
  if (!endpoint.startsWith('https:')) return false;
  return isAzureStorage(endpoint) || (access.kind === 'token' && access.credential === source.credential);
}

async function bearer({ credential }: Access & { kind: 'token' }, { signal }: CallOptions): Promise<HttpAuthorization> {
  const token = await credential.getToken(STORAGE_SCOPE, signal ? { abortSignal: signal } : {});
  if (!token) throw new BackupError('signInNeeded', 'Nobody is signed in to Microsoft Entra ID.');
  return { scheme: 'Bearer', value: token.token };
}

import { parseAccountUrl, type BlobAddress } from '../../azure/blobAddress.ts';
import { factsOf, type SasFacts } from '../../azure/sasFacts.ts';
import type { Secret } from '../../azure/secret.ts';
import { accountId } from './accountId.ts';
import type { StorageAccount } from './account.ts';
import type { Attached, AttachedAccount, AttachProblem, AttachWarning } from './attached.ts';

/** Takes the URL of an account, a container or a blob apart, with or without a SAS. */
export function attachUrl(text: string, kind: 'sas' | 'url', endpoints: readonly string[], now: number): Attached {
  if (text === '') return { problem: 'empty' };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') return { problem: 'notUrl' };
  const names = [...url.searchParams.keys()].map((name) => name.toLowerCase()).filter((name) => name !== 'snapshot');
  if (names.length > 0 && !names.includes('sig')) return { problem: names.includes('sv') ? 'sasCutShort' : 'urlParameters' };
  let parsed: ReturnType<typeof parseAccountUrl>;
  try {
    parsed = parseAccountUrl(text, endpoints);
  } catch {
    return { problem: 'notUrl' };
  }
  const address = { ...parsed.address, snapshot: undefined };
  const origin = isLocal(address.endpoint) ? 'emulator' : 'attached';
  if (parsed.sas) return sasAttachment(parsed.sas, address, origin, now);
  if (kind === 'sas') return { problem: 'noSas' };
  if (url.protocol !== 'https:') return { problem: 'tokenNeedsHttps' };
  return {
    attachment: { account: accountOf(address, scopeOf(address), origin, 'entra', undefined), secret: undefined, warning: undefined },
  };
}

/** An account, or the part of it that a SAS can see. */
export function sasAttachment(sas: Secret, address: BlobAddress, origin: AttachedAccount['origin'], now: number): Attached {
  const facts = factsOf(sas);
  const problem = problemOf(facts, sas, address, now);
  if (problem) return { problem };
  const scope = scopeOfSas(facts, address);
  const account = accountOf(address, scope, origin, 'sas', facts.expires);
  return { attachment: { account, secret: sas, warning: warningOf(facts, scope, address) } };
}

export function nameOf({ account, endpoint }: BlobAddress): string {
  return account ?? new URL(endpoint).hostname;
}

export function isEncrypted(endpoint: string): boolean {
  return endpoint.startsWith('https:') || isLocal(endpoint);
}

/** Is the endpoint on this machine, or on one that only this one can name (a container)? */
export function isLocal(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return /^(127\.[\d.]+|localhost|\[::1\]|host\.docker\.internal|[^.:[\]]+)$/.test(hostname);
}

function problemOf({ expires, resource }: SasFacts, sas: Secret, { container, blob }: BlobAddress, now: number): AttachProblem | undefined {
  const query = new URLSearchParams(sas.reveal());
  if (!query.get('sig')) return 'sasCutShort';
  if (Date.parse(expires ?? '') <= now) return 'sasExpired';
  if (resource === 'bs') return 'sasOfSnapshot';
  if (resource === 'd') return 'sasOfDirectory';
  if (query.has('ss') && !query.get('ss')!.includes('b')) return 'sasNotForBlobs';
  // A SAS of a container or blob says nothing of which one: its URL does.
  if ((resource === 'c' && container === '') || (resource === 'b' && blob === '')) return 'notUrl';
  return undefined;
}

function warningOf({ permissions, resource, resourceTypes }: SasFacts, scope: Scope, { endpoint }: BlobAddress): AttachWarning | undefined {
  if (!isEncrypted(endpoint)) return 'notEncrypted';
  const cannotList = permissions !== undefined && !permissions.includes('l');
  const cannotListAccount = scope === undefined && resourceTypes !== undefined && !/s/.test(resourceTypes);
  if (resource !== 'b' && (cannotList || cannotListAccount)) return 'sasCannotList';
  return permissions === undefined || permissions.includes('w') ? undefined : 'sasReadOnly';
}

type Scope = StorageAccount['scope'];

/** An account SAS that may list containers sees the whole account, whatever its URL says. */
function scopeOfSas({ resource, resourceTypes }: SasFacts, address: BlobAddress): Scope {
  if (resource === 'c') return { container: address.container };
  if (resource === undefined && resourceTypes?.includes('s')) return undefined;
  return scopeOf(address);
}

function scopeOf({ container, blob }: BlobAddress): Scope {
  if (container === '') return undefined;
  return blob === '' ? { container } : { container, blob };
}

function accountOf(
  address: BlobAddress,
  scope: Scope,
  origin: AttachedAccount['origin'],
  access: AttachedAccount['access'],
  expires: string | undefined,
): AttachedAccount {
  const { endpoint } = address;
  return { id: accountId(endpoint, scope), name: nameOf(address), endpoint, origin, scope, access, expires };
}

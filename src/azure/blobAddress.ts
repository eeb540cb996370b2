import { BackupError } from '../engine/errors.ts';
import { redact } from '../engine/redact.ts';
import { Secret } from './secret.ts';

/** Where a blob lies. Holds no secret, so it may be printed. Names are decoded. */
export interface BlobAddress {
  /** Scheme and host, and the account where the endpoint is path-style; no slash at the end. */
  readonly endpoint: string;
  /** The account's name where the endpoint tells it (not so for custom domains). */
  readonly account: string | undefined;
  readonly container: string;
  /** Empty for a container. */
  readonly blob: string;
  /** The snapshot's opaque id. */
  readonly snapshot: string | undefined;
}

/** A URL that a user gave, taken apart: what may be shown, and the SAS that must not be. */
export interface ParsedUrl {
  readonly address: BlobAddress;
  readonly sas: Secret | undefined;
}

/** Query parameters that only a SAS has (REST: Create a service / account / user delegation SAS). */
const SAS_MARKS = ['sv', 'sig', 'se', 'sp', 'si', 'sr', 'srt', 'ss', 'st', 'spr', 'sip', 'skoid', 'sktid', 'skt', 'ske', 'sks', 'skv'];

/**
 * Takes the URL of a blob or of a snapshot apart (`…/container/blob`, `…?snapshot=<id>`, with or without a SAS).
 * @param endpoints blob endpoints known from connection strings; they tell path-style addresses from others
 * @throws badInput, with a text that holds no secret
 */
export function parseBlobUrl(text: string, endpoints: readonly string[] = []): ParsedUrl {
  const { address, sas } = parse(text, endpoints);
  if (address.container === '') throw badUrl(text, 'names no container and no blob');
  if (address.blob === '') {
    throw badUrl(text, 'names a container, not a blob', 'A blob in the root container is written as …/$root/<blob>.');
  }
  return { address, sas };
}

/** The same for any URL in a storage account: the account itself, a container or a blob; what it does not name stays empty. */
export function parseAccountUrl(text: string, endpoints: readonly string[] = []): ParsedUrl {
  const { address, sas } = parse(text, endpoints);
  return { address: { ...address, blob: address.blob.replace(/\/+$/, '') }, sas };
}

/** The same for `…/container`, or a folder in it (`…/container/folder/`): the folder becomes `blob`, without slash at the end. */
export function parseFolderUrl(text: string, endpoints: readonly string[] = []): ParsedUrl {
  const { address, sas } = parse(text, endpoints);
  if (address.container === '') throw badUrl(text, 'names no container');
  if (address.snapshot !== undefined) throw badUrl(text, 'names a snapshot where a container or folder is needed');
  return { address: { ...address, blob: address.blob.replace(/\/+$/, '') }, sas };
}

/** The same for an account's blob endpoint (`https://<account>.blob.core.windows.net`). @throws badInput */
export function parseEndpointUrl(text: string, endpoints: readonly string[] = []): ParsedUrl {
  const { address, sas } = parse(text, endpoints);
  if (address.container !== '') throw badUrl(text, 'names a container where the endpoint of an account is needed');
  return { address, sas };
}

/** The address as a URL for people, records and requests, without SAS. */
export function formatAddress(address: BlobAddress): string {
  if (address.container === '') return address.endpoint;
  const path = [address.container, ...address.blob.split('/')].map(encodeSegment).join('/');
  const snapshot = address.snapshot === undefined ? '' : `?snapshot=${encodeURIComponent(address.snapshot).replaceAll('%3A', ':')}`;
  return `${address.endpoint}/${address.blob === '' ? encodeSegment(address.container) : path}${snapshot}`;
}

/** `url` with `query` (which has no question mark) added to it. */
export function withQuery(url: string, query: string): string {
  if (query === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

/** An endpoint in the form in which two of them can be compared: lower case, default port gone, no slash at the end, one loopback name. */
export function normaliseEndpoint(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const host = url.hostname === 'localhost' ? '127.0.0.1' : url.hostname;
  return `${url.protocol}//${host}${url.port ? `:${url.port}` : ''}${url.pathname}`.replace(/\/+$/, '');
}

function parse(text: string, endpoints: readonly string[]): ParsedUrl {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    throw badUrl(text, 'is not a blob URL', 'A blob URL looks like https://<account>.blob.core.windows.net/<container>/<blob>.');
  }
  if (url.username || url.password) throw badUrl(text, 'holds a user name or password');
  if (text.includes('#')) throw badUrl(text, 'holds a "#", which ends the name of a blob', 'In a name write # as %23.');
  if (hasDotSegment(text)) throw badUrl(text, 'holds a part "." or "..", which names another blob than it seems to');
  const { endpoint, account, path } = splitEndpoint(url, endpoints);
  const [container = '', ...blob] = path.split('/').map((segment) => decodeSegment(segment, text));
  return { address: { endpoint, account, container, blob: blob.join('/'), snapshot: snapshotIn(url, text) }, sas: sasIn(url, text) };
}

/** Whoever takes the URL apart would resolve it, also when it is encoded. Looks at the text, where it is not resolved yet. */
function hasDotSegment(text: string): boolean {
  const path = text
    .replace(/[\t\n\r]/g, '')
    .replace(/\?.*$/s, '')
    .trim();
  return path.split(/[/\\]|%2f/i).some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
}

function splitEndpoint(url: URL, endpoints: readonly string[]): { endpoint: string; account: string | undefined; path: string } {
  const bare = normaliseEndpoint(`${url.origin}${url.pathname}`) ?? '';
  const known = endpoints.find((endpoint) => {
    const prefix = normaliseEndpoint(endpoint);
    return prefix !== undefined && (bare === prefix || bare.startsWith(`${prefix}/`));
  });
  const depth = known === undefined ? Number(isPathStyle(url)) : new URL(known).pathname.split('/').filter(Boolean).length;
  const segments = url.pathname.slice(1).split('/');
  const head = segments.slice(0, depth);
  return {
    endpoint: [url.origin, ...head].join('/'),
    account: depth > 0 ? head.at(-1) || undefined : accountInHost(url.hostname),
    path: segments.slice(depth).join('/'),
  };
}

/** Emulators and appliances are addressed by IP, by `localhost` or by a name without a dot, and then the account is the first path segment. */
function isPathStyle({ hostname }: URL): boolean {
  return /^[\d.]+$/.test(hostname) || hostname.startsWith('[') || !hostname.includes('.') || hostname === 'host.docker.internal';
}

/** `<account>.blob.…` and, with DNS zones, `<account>.z01.blob.storage.azure.net`. */
function accountInHost(hostname: string): string | undefined {
  return /^([a-z0-9]{3,24})(?:-secondary)?(?:\.z\d+)?\.blob\./.exec(hostname)?.[1];
}

function snapshotIn(url: URL, text: string): string | undefined {
  const snapshots = url.searchParams.getAll('snapshot');
  if (snapshots.length > 1 || snapshots[0] === '') throw badUrl(text, 'must name exactly one snapshot');
  return snapshots[0];
}

function sasIn(url: URL, text: string): Secret | undefined {
  const pairs = url.search.slice(1).split('&').filter(Boolean);
  const rest = pairs.filter((pair) => nameOf(pair) !== 'snapshot');
  if (rest.length === 0) return undefined;
  const names = rest.map(nameOf);
  if (names.includes('sig')) return new Secret(rest.join('&'));
  if (names.some((name) => SAS_MARKS.includes(name))) {
    throw badUrl(
      text,
      'holds a SAS that is cut short: it has no signature',
      'Put the URL in quotes, so that the shell leaves its & alone.',
    );
  }
  throw badUrl(text, `holds parameters that do not belong there: ${names.join(', ')}`);
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0]!.toLowerCase();
}

function decodeSegment(segment: string, text: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badUrl(text, 'holds a percent sign that encodes nothing');
  }
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%24', '$').replaceAll('%40', '@').replaceAll('%3A', ':').replaceAll('%2C', ',');
}

function badUrl(text: string, fault: string, hint?: string): BackupError {
  const shown = redact(
    text
      .trim()
      .replace(/\?.*$/s, '')
      .replace(/\/\/[^/@]*@/, '//'),
  ).slice(0, 200);
  return new BackupError('badInput', `"${shown}" ${fault}.`, hint === undefined ? {} : { hint });
}

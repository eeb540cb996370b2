import { normaliseEndpoint } from '../../azure/blobAddress.ts';

/** A blob's URL in the form in which two of them can be compared; names of the loopback are one. */
export function urlKey(url: string): string {
  const known = keys.get(url);
  if (known !== undefined) return known;
  const [place = url] = url.split('?');
  const key = normaliseEndpoint(place) ?? place;
  if (keys.size >= MOST_KEYS) keys.clear();
  keys.set(url, key);
  return key;
}

/** Ten thousand rows ask for the same keys whenever they are drawn. */
const keys = new Map<string, string>();
const MOST_KEYS = 50_000;

/** Where a blob lies, taken from its URL for people: `account`, and the rest of the path, decoded. Knows endpoints with the account in the path by their host. */
export function placeOf(url: string): Place {
  if (!URL.canParse(url)) return { account: '', path: url, name: url };
  const { hostname, pathname } = new URL(url);
  const segments = pathname.split('/').filter(Boolean).map(decoded);
  const pathStyle = /^[\d.]+$|^\[|^localhost$/.test(hostname);
  const account = pathStyle ? (segments.shift() ?? hostname) : (hostname.split('.')[0] ?? hostname);
  return { account, path: segments.join('/'), name: segments.at(-1) ?? account };
}

/** Last part of a path on this machine, of whatever system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast(Boolean) ?? path;
}

export interface Place {
  readonly account: string;
  /** Container and blob. */
  readonly path: string;
  /** Last part of the blob's name. */
  readonly name: string;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

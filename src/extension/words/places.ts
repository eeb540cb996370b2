import { normaliseEndpoint } from '../../azure/blobAddress.ts';

/** A blob's URL in the form in which two of them can be compared; names of the loopback are one. */
export function urlKey(url: string): string {
  const [place = url] = url.split('?');
  return normaliseEndpoint(place) ?? place;
}

/** Where a blob lies, taken from its URL for people: `account`, and the rest of the path, decoded. Knows endpoints with the account in the path by their host. */
export function placeOf(url: string): Place {
  if (!URL.canParse(url)) return { account: '', path: url, name: url };
  const { hostname, pathname } = new URL(url);
  const segments = pathname.split('/').filter(Boolean).map(decoded);
  const pathStyle = /^[\d.]+$|^\[|^localhost$/.test(hostname);
  const account = pathStyle ? (segments.shift() ?? hostname) : (hostname.split('.')[0] ?? hostname);
  return { account, path: segments.join('/'), name: segments.at(-1) ?? account };
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

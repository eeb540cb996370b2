/** A page blob by its names. */
export interface BlobName {
  /** Blob endpoint: URL without slash at the end. */
  readonly account: string;
  readonly container: string;
  readonly blob: string;
}

const HOLES = ['account', 'container', 'blob', 'name'] as const;
const HOLE = /\{([^{}]*)\}/g;

/** What is wrong with a naming template, in plain words; undefined for nothing. */
export function templateFault(template: string): string | undefined {
  const unknown = [...template.matchAll(HOLE)].map(([, name]) => name!).find((name) => !HOLES.includes(name as (typeof HOLES)[number]));
  if (unknown !== undefined) return `There is no "{${unknown}}" in a name; there are ${HOLES.map((hole) => `{${hole}}`).join(', ')}.`;
  if (/[{}]/.test(template.replaceAll(HOLE, ''))) return 'A brace in a name is not closed.';
  return /^[^/]+\/.*[^/]$/.test(template) ? undefined : 'A name is written as container/blob.';
}

/** Does the template give every disk a name of its own, as far as blobs of one account go? */
export function tellsApart(template: string): boolean {
  return template.includes('{blob}') || template.includes('{name}');
}

/** `backups/{container}/{blob}` for the disk. */
export function nameFrom(template: string, disk: BlobName): string {
  const values = { account: accountName(disk.account), container: disk.container, blob: disk.blob, name: disk.blob.split('/').at(-1)! };
  return template.replaceAll(HOLE, (_, hole: keyof typeof values) => values[hole]);
}

/**
 * What the holes of a template stand for in a name that it could have made for a disk of the account; undefined where it could not have.
 * @param path decoded
 */
export function namesIn(
  template: string,
  path: string,
  account: string,
): { readonly container?: string; readonly blob?: string } | undefined {
  const seen = new Set<string>();
  const parts = template.split(/(\{[^{}]*\})/).map((part) => {
    const hole = part.startsWith('{') ? part.slice(1, -1) : undefined;
    if (hole === undefined) return escaped(part);
    if (hole === 'account') return escaped(accountName(account));
    if (seen.has(hole)) return `\\k<${hole}>`;
    seen.add(hole);
    return `(?<${hole}>${hole === 'blob' ? '.+' : '[^/]+'})`;
  });
  const match = new RegExp(`^${parts.join('')}$`, 's').exec(path);
  return match ? { ...match.groups } : undefined;
}

/** URL of `container/blob` in an account. */
export function blobUrl(account: string, path: string): string {
  const encoded = path
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%24', '$').replaceAll('%40', '@').replaceAll('%3A', ':').replaceAll('%2C', ','));
  return `${account.replace(/\/+$/, '')}/${encoded.join('/')}`;
}

/** The name of the storage account: the first part of the host's name, or of the path where the host is an address (emulators). */
function accountName(endpoint: string): string {
  const { hostname, pathname } = new URL(endpoint);
  return pathname.split('/').find(Boolean) ?? hostname.split('.')[0]!;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Which page blobs are listed, by name. Upper and lower case count, as they do for the service. */
export interface BlobFilter {
  /** As it was typed. */
  readonly text: string;
  /** What every name that matches begins with: the service is asked for these only. */
  readonly prefix: string;
  matches(name: string): boolean;
}

/** `web` lists names that begin so; a `*` stands for anything: `*.vhd`, `web*disk*`. Nothing but blanks is no filter. */
export function blobFilter(text: string): BlobFilter | undefined {
  const wanted = text.trim();
  if (wanted === '') return undefined;
  const [prefix = '', ...rest] = wanted.split('*');
  if (rest.length === 0) return { text: wanted, prefix, matches: (name) => name.startsWith(prefix) };
  const pattern = new RegExp(`^${wanted.split('*').map(escaped).join('.*')}$`, 's');
  return { text: wanted, prefix, matches: (name) => pattern.test(name) };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

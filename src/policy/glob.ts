/** Has the pattern a wildcard? */
export function isPattern(glob: string): boolean {
  return /[*?]/.test(glob);
}

/**
 * `container/blob` patterns: `*` stands for anything in one part of a name, `**` for anything over parts, `?` for one character that is no slash.
 * Case counts, as it does in blob names.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  const source = glob.replaceAll(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (found) => {
    if (found === '**/') return '(?:.*/)?';
    if (found === '**') return '.*';
    if (found === '*') return '[^/]*';
    return found === '?' ? '[^/]' : `\\${found}`;
  });
  const matcher = new RegExp(`^${source}$`, 's');
  return (path) => matcher.test(path);
}

/** The part of the blob's name up to which the pattern says all: folder by folder, without slash at the end. */
export function literalFolder(blobGlob: string): string {
  const parts = blobGlob.split('/').slice(0, -1);
  const wild = parts.findIndex(isPattern);
  return parts.slice(0, wild === -1 ? undefined : wild).join('/');
}

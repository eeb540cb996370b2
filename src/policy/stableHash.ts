/**
 * A 32-bit number that is the same for a text on every machine and in every version (FNV-1a over UTF-16, mixed at the end): shards and jitter rest on
 * it, so it must never change.
 */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The same as a number in [0, 1). */
export function stableShare(text: string): number {
  return stableHash(text) / 2 ** 32;
}

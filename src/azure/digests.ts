import { createHash } from 'node:crypto';

/** MD5 that a service gave for bytes which were read from it. */
const given = new WeakMap<Uint8Array, Uint8Array>();

/** Keeps the service's MD5 of `bytes`, for a write of the same array; without one what was kept of bytes that lay there before is forgotten. */
export function keepDigest(bytes: Uint8Array, md5: Uint8Array | undefined): void {
  if (md5) given.set(bytes, md5);
  else given.delete(bytes);
}

/**
 * MD5 to send with `bytes`: the one that their source's service gave, so that the target's service checks the whole way from there, and bytes that
 * were changed or damaged meanwhile are refused; else one that is computed here.
 */
export function digestOf(bytes: Uint8Array): Uint8Array {
  return given.get(bytes) ?? createHash('md5').update(bytes).digest();
}

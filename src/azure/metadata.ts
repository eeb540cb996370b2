import { BackupError } from '../engine/errors.ts';
import type { Metadata } from '../engine/pageBlob.ts';

/** Most bytes of names and values together (REST: Set Blob Metadata). */
const MOST = 8 * 1024;

/**
 * Metadata as the service takes it. Names have no case for the service; HTTP loses it, so ours are always lower case.
 * @throws badInput for what the service would refuse: not ASCII, over 8 KiB, a name that is no identifier
 */
export function metadataForService(metadata: Metadata): Record<string, string> {
  const result: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (!/^[A-Za-z_]\w*$/.test(name) || !/^[\x20-\x7e]*$/.test(value)) {
      throw new BackupError(
        'badInput',
        `Metadata "${name.replace(/[^\x20-\x7e]/g, '?')}" is not allowed: names are letters, digits and _, values are ASCII.`,
      );
    }
    size += name.length + value.length;
    result[name.toLowerCase()] = value;
  }
  if (size > MOST) throw new BackupError('badInput', `Blob metadata may have ${MOST} bytes; this has ${size}.`);
  return result;
}

/** Metadata as the engine knows it: names in lower case. */
export function metadataFromService(metadata: Readonly<Record<string, string>> | undefined): Metadata {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? ''] as const);
  return Object.fromEntries(entries);
}

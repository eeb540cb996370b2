import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface Seed {
  /** Bytes of the file system. */
  readonly size: number;
  /** What it holds that is not zero. */
  readonly parts: readonly { readonly offset: number; readonly bytes: Buffer }[];
}

const MiB = 1024 ** 2;
const ext4Sizes = [4000, 1000, 240, 48];

/** The largest empty ext4 that fits into `space` bytes. */
export function ext4Seed(space: number): Seed {
  const mebibytes = ext4Sizes.find((size) => size * MiB <= space);
  if (mebibytes === undefined)
    throw new RangeError(`An ext4 partition needs ${ext4Sizes.at(-1)} MiB; there are ${Math.floor(space / MiB)}.`);
  return unpack(`ext4-${mebibytes}MiB.gz`, mebibytes * MiB);
}

/** A FAT with a file where a boot loader would be. */
export function efiSeed(): Seed {
  return unpack('efi-8MiB.gz', 8 * MiB);
}

/** The format is described where it is written, in seeds/make.mjs. */
function unpack(name: string, size: number): Seed {
  const packed = gunzipSync(readFileSync(join(import.meta.dirname, 'seeds', name)));
  const parts: { offset: number; bytes: Buffer }[] = [];
  for (let at = 0; at < packed.length;) {
    const offset = Number(packed.readBigUInt64LE(at));
    const length = packed.readUInt32LE(at + 8);
    parts.push({ offset, bytes: packed.subarray(at + 12, at + 12 + length) });
    at += 12 + length;
  }
  return { size, parts };
}

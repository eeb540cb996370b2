import { fileURLToPath } from 'node:url';
import { BlobSASPermissions, type PageBlobClient } from '@azure/storage-blob';
import { findAzCopy } from '../test/support/azcopy.ts';
import { azCopy } from './azcopy.ts';
import type { Ground } from './ground.ts';
import { measure, medianOf, type Measured } from './measure.ts';
import type { Traffic } from './server.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const LOOP = fileURLToPath(new URL('sdkLoop.ts', import.meta.url));
const { binary, absent } = findAzCopy();

/** Why there are no ratios, if so. */
export const azCopyAbsent: string | undefined = absent;

export type Done = Measured & Traffic;

/** The programs that are compared, each run from outside on one ground. */
export class Programs {
  readonly ground: Ground;
  readonly runs: number;
  /** A folder for the programs' own files. */
  readonly scratch: string;
  /** The command line's bundle. */
  readonly cli = CLI;
  /** AzCopy; undefined where it does not run. */
  readonly binary = binary;

  constructor(ground: Ground, runs: number, scratch: string) {
    this.ground = ground;
    this.runs = runs;
    this.scratch = scratch;
  }

  ours(from: PageBlobClient, to: PageBlobClient, ...options: string[]): Promise<Done> {
    return this.ground.counted(() => measure(process.execPath, [CLI, 'backup', from.url, to.url, '--json', ...options], this.ground.env));
  }

  /** AzCopy's copy of the whole disk, each time to a blob that is not there. */
  async azCopy(disk: PageBlobClient): Promise<Done | undefined> {
    if (!binary) return undefined;
    return medianOf(this.runs, async (i) => {
      const to = this.ground.backups.getPageBlobClient(`azcopy-${disk.name}-${i}`);
      const done = await this.ground.counted(() => azCopy(binary, disk, to, this.scratch));
      await to.delete();
      return done;
    });
  }

  /** The SDK's own calls one after the other; with `since` only the difference. */
  async loop(from: PageBlobClient, to: PageBlobClient, since?: string): Promise<Done> {
    const urls = await Promise.all([from, to].map(signed));
    return this.ground.counted(() => measure(process.execPath, [LOOP, ...urls, ...(since === undefined ? [] : [since])]));
  }
}

function signed(blob: PageBlobClient): Promise<string> {
  return blob.generateSasUrl({ permissions: BlobSASPermissions.parse('racwd'), expiresOn: new Date(Date.now() + 3_600_000) });
}

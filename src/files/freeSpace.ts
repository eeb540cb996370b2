import { dirname } from 'node:path';
import { BackupError } from '../engine/errors.ts';
import { sizeText } from '../engine/sizeText.ts';
import { errnoOf, fileProblem } from './fileProblem.ts';
import type { FileSystem } from './fileSystem.ts';

/** Bytes in a block as `stat` counts them (POSIX). */
const BLOCK = 512;

/**
 * Is there room for `bytes` in a file that may be there in part? Where the system does not tell, the writes will.
 * @throws noSpace with what is needed and what is free; fileProblem when there is no such folder
 */
export async function requireSpace(fs: FileSystem, path: string, partial: string, bytes: number): Promise<void> {
  const free = await freeBytes(fs, dirname(path));
  const needed = Math.max(0, bytes - (await allocatedBytes(fs, partial)));
  if (free === undefined || needed <= free) return;
  throw new BackupError('noSpace', `${path} needs ${exactly(needed)}, and ${exactly(free)} are free on that disk.`, {
    unharmed: 'Nothing was written.',
    hint: 'Make room there, or name a place on another disk.',
  });
}

async function freeBytes(fs: FileSystem, folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await fs.statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (['ENOSYS', 'ENOTSUP'].includes(errnoOf(error) ?? '')) return undefined;
    throw fileProblem(error, 'use the folder', folder);
  }
}

async function allocatedBytes(fs: FileSystem, path: string): Promise<number> {
  try {
    return (await fs.stat(path)).blocks * BLOCK;
  } catch {
    return 0;
  }
}

function exactly(bytes: number): string {
  return bytes < 1024 ? sizeText(bytes) : `${sizeText(bytes)} (${bytes} bytes)`;
}

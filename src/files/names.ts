import { dirname } from 'node:path';
import { errnoOf } from './fileProblem.ts';
import type { FileSystem } from './fileSystem.ts';

/** Is there anything of this name? */
export async function isThere(fs: FileSystem, path: string): Promise<boolean> {
  try {
    await fs.stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Deletes the file if it is there. */
export async function remove(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/**
 * Gives a file another name and never replaces one. A hard link does that in one step; file systems without them (FAT, some shares) get a look
 * and a rename.
 * @returns false when the name is taken
 */
export async function giveName(fs: FileSystem, from: string, to: string): Promise<boolean> {
  try {
    await fs.link(from, to);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL', 'EACCES'].includes(errno ?? '')) throw error;
    if (await isThere(fs, to)) return false;
    await fs.rename(from, to);
    return true;
  }
  await fs.unlink(from);
  return true;
}

/** Makes names in the folder of `path` durable. Systems that cannot (Windows) do it by themselves. */
export async function syncFolder(fs: FileSystem, path: string): Promise<void> {
  try {
    const folder = await fs.open(dirname(path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EBADF'].includes(errnoOf(error) ?? '')) throw error;
  }
}

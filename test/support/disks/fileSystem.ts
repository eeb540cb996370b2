import { createHash } from 'node:crypto';
import type { Change } from './changes.ts';
import type { BlockDevice, Ext2fs, FileSystem } from './ext2fs.ts';

/** Bytes that go through the file system in one call; more would make the WASM memory grow. */
const PIECE = 256 * 1024;

/** EXT2_ET_BLOCK_ALLOC_FAIL of libext2fs. */
const NO_BLOCK_FREE = 2_133_571_400;

/** File-system work on one ext2/3/4 partition: every call mounts it, works, and unmounts it, so the blocks on the disk are always whole. */
export class PartitionWork {
  readonly #ext2fs: Ext2fs;
  readonly #disk: BlockDevice;
  readonly #offset: number;
  /** Folders made so far. */
  readonly #folders = new Set<string>();

  constructor(ext2fs: Ext2fs, disk: BlockDevice, offset: number) {
    this.#ext2fs = ext2fs;
    this.#disk = disk;
    this.#offset = offset;
  }

  async apply(changes: readonly Change[]): Promise<void> {
    await this.#mounted(async (fs) => {
      for (const change of changes) await applyOne(fs, this.#folders, change);
    });
  }

  /** Discards every free block of the file system. */
  async trim(): Promise<void> {
    await this.#mounted(async (fs) => fs.trim());
  }

  /** SHA-256 of every file, by path. */
  async files(): Promise<Map<string, string>> {
    return this.#mounted(async (fs) => {
      const files = new Map<string, string>();
      for (const path of await pathsBelow(fs, '')) files.set(path, await hashOf(fs, path));
      return files;
    });
  }

  async #mounted<T>(work: (fs: FileSystem) => Promise<T>): Promise<T> {
    try {
      return await this.#ext2fs.withMountedDisk(this.#disk, this.#offset, async ({ promises }) => work(promises));
    } catch (error) {
      if ((error as { errno?: number }).errno === NO_BLOCK_FREE) throw new Error('The ext4 of the disk is full.', { cause: error });
      throw error;
    }
  }
}

async function applyOne(fs: FileSystem, made: Set<string>, change: Change): Promise<void> {
  switch (change.kind) {
    case 'write':
      await makeFolders(fs, made, change.path);
      return writeAt(fs, change.path, 'w', 0, change.bytes);
    case 'patch':
      return writeAt(fs, change.path, 'r+', change.offset, change.bytes);
    case 'rename':
      await makeFolders(fs, made, change.to);
      return fs.rename(change.path, change.to);
    case 'delete':
      return fs.unlink(change.path);
  }
}

async function writeAt(fs: FileSystem, path: string, flags: 'w' | 'r+', offset: number, bytes: Buffer): Promise<void> {
  const file = await fs.open(path, flags);
  try {
    for (let done = 0; done < bytes.length;) {
      const piece = bytes.subarray(done, done + PIECE);
      const { bytesWritten } = await file.write(piece, null, piece.length, offset + done);
      if (bytesWritten === 0) throw new Error(`The file system took nothing more for ${path}.`);
      done += bytesWritten;
    }
  } finally {
    await file.close();
  }
}

async function makeFolders(fs: FileSystem, made: Set<string>, path: string): Promise<void> {
  const parts = path.split('/').slice(1, -1);
  for (const i of parts.keys()) {
    const folder = `/${parts.slice(0, i + 1).join('/')}`;
    if (!made.has(folder)) await fs.mkdir(folder);
    made.add(folder);
  }
}

async function pathsBelow(fs: FileSystem, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const name of (await fs.readdir(folder || '/')).sort()) {
    const path = `${folder}/${name}`;
    const stat = await fs.lstat(path);
    if (stat.isDirectory()) paths.push(...(await pathsBelow(fs, path)));
    else if (stat.isFile()) paths.push(path);
  }
  return paths;
}

async function hashOf(fs: FileSystem, path: string): Promise<string> {
  const { size } = await fs.lstat(path);
  const hash = createHash('sha256');
  const file = await fs.open(path, 'r');
  try {
    for (let at = 0; at < size;) {
      const piece = Buffer.alloc(Math.min(PIECE, size - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) throw new Error(`${path} ended at ${at} of ${size}.`);
      hash.update(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';

/** What ext2fs wants of a disk; offsets are in the file system. */
export interface BlockDevice {
  read(buffer: Buffer, bufferOffset: number, length: number, offset: number): Promise<unknown>;
  write(buffer: Buffer, bufferOffset: number, length: number, offset: number): Promise<unknown>;
  discard(offset: number, length: number): Promise<void>;
  flush(): Promise<void>;
}

export interface FileHandle {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  write(buffer: Buffer, offset: null, length: number, position: number): Promise<{ bytesWritten: number }>;
  close(): Promise<void>;
}

/** The part of the package that is used here. Never two calls at once: its bookkeeping of a call is shared by all. */
export interface FileSystem {
  open(path: string, flags: 'r' | 'r+' | 'w'): Promise<FileHandle>;
  mkdir(path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  lstat(path: string): Promise<{ size: number; isDirectory(): boolean; isFile(): boolean }>;
  /** Discards every free block. */
  trim(): Promise<void>;
}

export interface Ext2fs {
  withMountedDisk<T>(disk: BlockDevice, offset: number, use: (fs: { promises: FileSystem }) => Promise<T>): Promise<T>;
}

/**
 * A fresh copy of the ext2fs package on a clock of our own, so that the same changes write the same bytes whenever they are made. Its WASM glue
 * takes the time from `Date` and sets handlers for the whole process; both are handed in here, and the handlers go nowhere.
 */
export function loadExt2fs(now: () => number): Ext2fs {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('ext2fs');
  const glue = require.resolve('ext2fs/lib/libext2fs.js');
  const forget = (): void => {
    for (const path of Object.keys(require.cache)) if (path.startsWith(dirname(entry))) delete require.cache[path];
  };

  forget();
  const module = { exports: {} as unknown };
  const ownDate = class extends Date {
    static override now = now;
  };
  const ownProcess = Object.create(process, { on: { value: () => ownProcess } }) as NodeJS.Process;
  const names = ['module', 'exports', 'require', '__filename', '__dirname', 'Date', 'process'];
  const run = compileFunction(readFileSync(glue, 'utf8'), names, { filename: glue }) as (...values: unknown[]) => void;
  run(module, module.exports, require, glue, dirname(glue), ownDate, ownProcess);
  require.cache[glue] = {
    id: glue,
    filename: glue,
    loaded: true,
    exports: module.exports,
    children: [],
    paths: [],
  } as unknown as NodeJS.Module;
  const ext2fs = require(entry) as Ext2fs;
  forget();
  return ext2fs;
}

import * as fs from 'node:fs/promises';

/** The calls of `node:fs/promises` that this folder uses; tests put failures in here. */
export type FileSystem = Pick<typeof fs, 'open' | 'readFile' | 'rename' | 'link' | 'unlink' | 'stat' | 'statfs'>;

/** The file system of this machine. */
export const fileSystem: FileSystem = fs;

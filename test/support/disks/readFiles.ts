import { closeSync, openSync, readSync } from 'node:fs';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { loadExt2fs } from './ext2fs.ts';
import { PartitionWork } from './fileSystem.ts';
import { HEAD, LINUX_DATA, startOfPartition } from './partitions.ts';

/**
 * SHA-256 of every file on the ext4 of a disk image, found by its partition table: shows that a restored image is a disk that works. The image
 * is not changed: the access times that reading writes stay in memory.
 */
export async function filesIn(imagePath: string): Promise<Map<string, string>> {
  const file = openSync(imagePath, 'r');
  const overlay = new Map<number, Buffer>();
  const read = (buffer: Buffer, bufferOffset: number, length: number, offset: number): void => {
    readSync(file, buffer, bufferOffset, length, offset);
    for (let at = 0; at < length; at += PAGE) overlay.get(offset + at)?.copy(buffer, bufferOffset + at);
  };
  const write = (buffer: Buffer, bufferOffset: number, length: number, offset: number): void => {
    for (let at = 0; at < length; at += PAGE) {
      overlay.set(offset + at, Buffer.from(buffer.subarray(bufferOffset + at, bufferOffset + at + PAGE)));
    }
  };
  try {
    const head = Buffer.alloc(HEAD);
    readSync(file, head, 0, HEAD, 0);
    const device = {
      read: async (...call: Parameters<typeof read>) => read(...call),
      write: async (...call: Parameters<typeof write>) => write(...call),
      discard: async () => {},
      flush: async () => {},
    };
    const ext2fs = loadExt2fs(() => Date.UTC(2026, 0, 1));
    return await new PartitionWork(ext2fs, device, startOfPartition(head, LINUX_DATA)).files();
  } finally {
    closeSync(file);
  }
}

import { crc32 } from 'node:zlib';

/** Bytes of a logical block of the disk. */
const BLOCK = 512;
const ENTRIES = 128;
const ENTRY = 128;
const TABLE_BLOCKS = (ENTRIES * ENTRY) / BLOCK;

/** Bytes at the beginning of a disk that hold its partition table. */
export const HEAD = (2 + TABLE_BLOCKS) * BLOCK;

export const EFI_SYSTEM = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
export const LINUX_DATA = '0fc63daf-8483-4772-8e79-3d69d8477de4';

export interface Partition {
  readonly type: string;
  readonly guid: string;
  readonly name: string;
  /** Bytes. */
  readonly start: number;
  readonly end: number;
}

/** A GUID partition table (UEFI specification, chapter 5) for a disk of `size` bytes: what goes to its beginning and to its end. */
export function partitionTable(size: number, guid: string, partitions: readonly Partition[]): { head: Buffer; tail: Buffer } {
  const last = size / BLOCK - 1;
  const table = Buffer.alloc(ENTRIES * ENTRY);
  for (const [i, { type, guid: id, name, start, end }] of partitions.entries()) {
    const entry = table.subarray(i * ENTRY, (i + 1) * ENTRY);
    guidBytes(type).copy(entry, 0);
    guidBytes(id).copy(entry, 16);
    entry.writeBigUInt64LE(BigInt(start / BLOCK), 32);
    entry.writeBigUInt64LE(BigInt(end / BLOCK - 1), 40);
    entry.write(name, 56, 'utf16le');
  }
  const primary = header(guid, table, { at: 1, other: last, table: 2, last });
  const backup = header(guid, table, { at: last, other: 1, table: last - TABLE_BLOCKS, last });
  return { head: Buffer.concat([protectiveMbr(last), primary, table]), tail: Buffer.concat([table, backup]) };
}

/** Where the first partition of a type begins, in bytes, read from the beginning of a disk (`HEAD` bytes of it). */
export function startOfPartition(head: Buffer, type: string): number {
  const table = head.subarray(2 * BLOCK);
  if (head.toString('latin1', BLOCK, BLOCK + 8) !== 'EFI PART' || crc32(table) !== head.readUInt32LE(BLOCK + 88)) {
    throw new Error('There is no whole GUID partition table on the disk.');
  }
  for (let at = 0; at < table.length; at += ENTRY) {
    if (table.subarray(at, at + 16).equals(guidBytes(type))) return Number(table.readBigUInt64LE(at + 32)) * BLOCK;
  }
  throw new Error(`There is no partition of type ${type}.`);
}

function header(guid: string, table: Buffer, blocks: { at: number; other: number; table: number; last: number }): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write('EFI PART', 0, 'latin1');
  block.writeUInt32LE(0x0001_0000, 8); // revision
  block.writeUInt32LE(92, 12); // header size
  block.writeBigUInt64LE(BigInt(blocks.at), 24);
  block.writeBigUInt64LE(BigInt(blocks.other), 32);
  block.writeBigUInt64LE(BigInt(2 + TABLE_BLOCKS), 40); // first usable
  block.writeBigUInt64LE(BigInt(blocks.last - TABLE_BLOCKS - 1), 48); // last usable
  guidBytes(guid).copy(block, 56);
  block.writeBigUInt64LE(BigInt(blocks.table), 72);
  block.writeUInt32LE(ENTRIES, 80);
  block.writeUInt32LE(ENTRY, 84);
  block.writeUInt32LE(crc32(table), 88);
  block.writeUInt32LE(crc32(block.subarray(0, 92)), 16); // over the header with this field zero
  return block;
}

/** One partition of type EE over the whole disk, so that old tools keep off. */
function protectiveMbr(last: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.set([0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff], 446);
  block.writeUInt32LE(1, 454);
  block.writeUInt32LE(Math.min(last, 0xffff_ffff), 458);
  block.writeUInt16LE(0xaa55, 510);
  return block;
}

/** The first three parts of a GUID are stored little-endian. */
function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

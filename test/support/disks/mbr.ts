export interface MbrEntry {
  readonly type: number;
  /** Sectors. */
  readonly first: number;
  readonly count: number;
}

/** A master boot record, or an extended one: at most four entries. */
export function mbrOf(entries: readonly MbrEntry[]): Buffer {
  const block = Buffer.alloc(512);
  for (const [i, { type, first, count }] of entries.entries()) {
    const at = 446 + i * 16;
    block.writeUInt8(type, at + 4);
    block.writeUInt32LE(first, at + 8);
    block.writeUInt32LE(count, at + 12);
  }
  block.writeUInt16LE(0xaa55, 510);
  return block;
}

/** Bytes of the footer that makes a raw disk a fixed VHD (Virtual Hard Disk Image Format Specification, October 2006). */
export const FOOTER = 512;

const checksumAt = 64;

/** The footer of a fixed VHD of `size` bytes. The creator "win " is what makes every reader take the size and not the geometry. */
export function fixedVhdFooter(size: number, id: Buffer): Buffer {
  const footer = Buffer.alloc(FOOTER);
  footer.write('conectix', 0, 'latin1');
  footer.writeUInt32BE(2, 8); // features: the reserved bit, always set
  footer.writeUInt32BE(0x0001_0000, 12); // format version
  footer.fill(0xff, 16, 24); // data offset: none in a fixed disk
  footer.writeUInt32BE(820_454_400, 24); // seconds since 2000-01-01: 2026-01-01
  footer.write('win ', 28, 'latin1');
  footer.writeUInt32BE(0x000a_0000, 32); // creator version
  footer.write('Wi2k', 36, 'latin1');
  footer.writeBigUInt64BE(BigInt(size), 40); // original size
  footer.writeBigUInt64BE(BigInt(size), 48); // current size
  const { cylinders, heads, sectors } = geometryOf(size);
  footer.writeUInt16BE(cylinders, 56);
  footer.writeUInt8(heads, 58);
  footer.writeUInt8(sectors, 59);
  footer.writeUInt32BE(2, 60); // fixed
  id.copy(footer, 68, 0, 16);
  footer.writeUInt32BE(vhdChecksum(footer), checksumAt);
  return footer;
}

/** One's complement of the sum of all bytes but the checksum's own. */
export function vhdChecksum(footer: Uint8Array): number {
  let sum = 0;
  for (const [i, byte] of footer.entries()) if (i < checksumAt || i >= checksumAt + 4) sum += byte;
  return ~sum >>> 0;
}

/** The specification's appendix "CHS Calculation". */
export function geometryOf(size: number): { cylinders: number; heads: number; sectors: number } {
  const total = Math.min(Math.floor(size / 512), 65_535 * 16 * 255);
  if (total >= 65_535 * 16 * 63) return { cylinders: Math.floor(Math.floor(total / 255) / 16), heads: 16, sectors: 255 };
  let sectors = 17;
  let perHead = Math.floor(total / sectors);
  let heads = Math.max(4, Math.floor((perHead + 1023) / 1024));
  if (perHead >= heads * 1024 || heads > 16) {
    sectors = 31;
    heads = 16;
    perHead = Math.floor(total / sectors);
  }
  if (perHead >= heads * 1024) {
    sectors = 63;
    heads = 16;
    perHead = Math.floor(total / sectors);
  }
  return { cylinders: Math.floor(perHead / heads), heads, sectors };
}

import { createHash } from 'node:crypto';

/** Base64 MD5, as in Content-MD5. */
export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}

/** CRC-64/NVME (reflected 0x9A6C9329AC4BC9B5, all ones in and out), eight bytes little-endian in base64, as in x-ms-content-crc64. */
export function crc64(bytes: Uint8Array): string {
  let low = 0xffffffff;
  let high = 0xffffffff;
  let at = 0;
  // Eight bytes a turn, one table for each; JavaScript has no fast 64-bit integers, hence the two halves.
  for (const end = bytes.length - (bytes.length % 8); at < end; at += 8) {
    const a = low ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    const b = high ^ (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24));
    const i0 = 1792 + (a & 255);
    const i1 = 1536 + ((a >>> 8) & 255);
    const i2 = 1280 + ((a >>> 16) & 255);
    const i3 = 1024 + (a >>> 24);
    const i4 = 768 + (b & 255);
    const i5 = 512 + ((b >>> 8) & 255);
    const i6 = 256 + ((b >>> 16) & 255);
    const i7 = b >>> 24;
    low = LOW[i0]! ^ LOW[i1]! ^ LOW[i2]! ^ LOW[i3]! ^ LOW[i4]! ^ LOW[i5]! ^ LOW[i6]! ^ LOW[i7]!;
    high = HIGH[i0]! ^ HIGH[i1]! ^ HIGH[i2]! ^ HIGH[i3]! ^ HIGH[i4]! ^ HIGH[i5]! ^ HIGH[i6]! ^ HIGH[i7]!;
  }
  for (; at < bytes.length; at++) {
    const index = (low ^ bytes[at]!) & 255;
    low = ((low >>> 8) | (high << 24)) ^ LOW[index]!;
    high = (high >>> 8) ^ HIGH[index]!;
  }
  const out = Buffer.alloc(8);
  out.writeUInt32LE(~low >>> 0, 0);
  out.writeUInt32LE(~high >>> 0, 4);
  return out.toString('base64');
}

/** Eight tables of 256 entries, one after the other, halves apart: table k advances a byte over k further zero bytes. */
const LOW = new Int32Array(8 * 256);
const HIGH = new Int32Array(8 * 256);

function fillTables(): void {
  const polynomial = 0x9a6c9329ac4bc9b5n;
  const entries: bigint[] = [];
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    entries.push(crc);
  }
  let row = entries;
  for (let table = 0; table < 8; table++) {
    row.forEach((crc, byte) => {
      LOW[table * 256 + byte] = Number(BigInt.asIntN(32, crc));
      HIGH[table * 256 + byte] = Number(BigInt.asIntN(32, crc >> 32n));
    });
    row = row.map((crc) => (crc >> 8n) ^ entries[Number(crc & 255n)]!);
  }
}

fillTables();

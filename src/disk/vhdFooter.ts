import type { VhdFooter } from './layout.ts';
import { SECTOR, type Sectors } from './sectors.ts';

const COOKIE = 'conectix';
const CHECKSUM_AT = 64;
const TYPES: Readonly<Record<number, VhdFooter['type']>> = { 2: 'fixed', 3: 'dynamic', 4: 'differencing' };

/** The footer in the last 512 bytes (Virtual Hard Disk Image Format Specification, October 2006); undefined, with a note, where there is none. */
export async function readFooter(sectors: Sectors, notes: string[]): Promise<VhdFooter | undefined> {
  const last = sectors.length / SECTOR - 1;
  const footer = await sectors.read(last);
  if (footer?.toString('latin1', 0, COOKIE.length) !== COOKIE) {
    notes.push('There is no VHD footer at the end: this is the raw image of a disk, not a VHD.');
    return undefined;
  }
  const type = TYPES[footer.readUInt32BE(60)];
  if (checksumOf(footer) !== footer.readUInt32BE(CHECKSUM_AT) || type === undefined) {
    notes.push('The VHD footer at the end is damaged: its checksum or its type is wrong.');
    return undefined;
  }
  const start = last * SECTOR;
  const size = Number(footer.readBigUInt64BE(48));
  if (type === 'fixed' && size !== start) {
    notes.push(`The VHD footer tells a disk of ${size} bytes, but ${start} bytes lie before it.`);
  }
  return { start, end: sectors.length, type, size };
}

/** One's complement of the sum of all bytes but the checksum's own. */
function checksumOf(footer: Buffer): number {
  let sum = 0;
  for (const [i, byte] of footer.entries()) if (i < CHECKSUM_AT || i >= CHECKSUM_AT + 4) sum += byte;
  return ~sum >>> 0;
}

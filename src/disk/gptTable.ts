import { crc32 } from 'node:zlib';
import GPT from 'gpt';
import { gptTypeText } from './partitionTypes.ts';
import type { FoundTable, TableEntry } from './placing.ts';
import { holdsProtectiveRecord, partitionsOfMbr } from './mbrTable.ts';
import { SECTOR, type Sectors } from './sectors.ts';

const SIGNATURE = 'EFI PART';
const NO_TYPE = '00000000-0000-0000-0000-000000000000';
/** Bytes of an entry's fields (UEFI specification, chapter 5); an entry may be longer, and is then a power of two times that. */
const ENTRY = 128;
const NAME = { start: 56, end: 128 } as const;
/** Tables have 128 entries, 16 KiB; a longer one than that is taken as damaged. */
const MOST_TABLE_BYTES = 1024 * 1024;

interface Table {
  readonly entries: readonly TableEntry[];
  /** Sector of the other one. */
  readonly other: bigint;
}

/**
 * The GUID partition table of a disk of the bytes `[0, end)`: the one at the start, else its copy at the end. Undefined where the disk has none;
 * tells in `notes` what is wrong with it.
 */
export async function readGpt(sectors: Sectors, end: number, notes: string[]): Promise<FoundTable | undefined> {
  const mbr = await sectors.read(0);
  const isProtective = mbr !== undefined && holdsProtectiveRecord(mbr);
  // A disk that was partitioned as MBR afterwards may still hold what is left of a GPT: systems go by the record in the first sector.
  if (!isProtective && mbr !== undefined && partitionsOfMbr(mbr).length > 0) return undefined;
  const last = end / SECTOR - 1;
  const primary = await tableAt(sectors, 1);
  if (primary !== 'none' && primary !== 'damaged') {
    if (!isProtective) notes.push('The protective record in the first sector is missing; the GUID partition table behind it is whole.');
    await lookAtCopy(sectors, primary, last, notes);
    return { kind: 'gpt', found: primary.entries };
  }
  // A footer that is damaged still takes the last sector, and a disk that has grown holds the copy where the table says.
  const places = new Set([last, sectors.length / SECTOR - 1, sectors.length / SECTOR - 2, await otherPlace(sectors)]);
  for (const place of places) {
    const copy = place === undefined || place <= 1 ? 'none' : await tableAt(sectors, place);
    if (copy === 'none' || copy === 'damaged' || copy.other !== 1n) continue;
    notes.push('The partition table at the start of the disk is damaged; its copy at the end is whole and was used.');
    return { kind: 'gpt', found: copy.entries };
  }
  return isProtective || primary === 'damaged' ? { kind: 'damaged', found: [] } : undefined;
}

async function lookAtCopy(sectors: Sectors, { other }: Table, last: number, notes: string[]): Promise<void> {
  const copy = await tableAt(sectors, Number(other));
  if (copy === 'none' || copy === 'damaged') notes.push('The copy of the partition table at the end of the disk is damaged or missing.');
  else if (other < BigInt(last))
    notes.push('The copy of the partition table is not at the end: the disk has grown since it was partitioned.');
}

/** Where a header that is otherwise damaged says that the copy lies. */
async function otherPlace(sectors: Sectors): Promise<number | undefined> {
  const block = await sectors.read(1);
  return block?.toString('latin1', 0, SIGNATURE.length) === SIGNATURE ? Number(block.readBigUInt64LE(32)) : undefined;
}

async function tableAt(sectors: Sectors, place: number): Promise<Table | 'none' | 'damaged'> {
  const block = await sectors.read(place);
  if (block?.toString('latin1', 0, SIGNATURE.length) !== SIGNATURE) return 'none';
  const gpt = new GPT().parseHeader(block);
  const { headerSize, entries, entrySize } = gpt;
  const bytes = entries * entrySize;
  const isHeader =
    headerSize >= 92 &&
    headerSize <= SECTOR &&
    gpt.checksumHeader(Buffer.from(block.subarray(0, headerSize))) === gpt.headerChecksum &&
    gpt.currentLBA === BigInt(place);
  if (!isHeader || entrySize < ENTRY || entrySize % ENTRY !== 0 || bytes > MOST_TABLE_BYTES) return 'damaged';
  if (entries === 0) return { entries: [], other: gpt.backupLBA };
  const table = (await sectors.read(Number(gpt.tableOffset), Math.ceil(bytes / SECTOR)))?.subarray(0, bytes);
  if (table === undefined || crc32(table) !== gpt.tableChecksum) return 'damaged';
  return { entries: entriesOf(table, entrySize), other: gpt.backupLBA };
}

function entriesOf(table: Buffer, size: number): TableEntry[] {
  const found: TableEntry[] = [];
  for (let at = 0; at < table.length; at += size) {
    const { type, firstLBA, lastLBA } = GPT.PartitionEntry.parse(table, at);
    if (type === NO_TYPE) continue;
    const words = gptTypeText(type);
    const name = nameOf(table.subarray(at + NAME.start, at + NAME.end)) || words;
    found.push({ index: at / size + 1, name, type: words, first: firstLBA, count: lastLBA - firstLBA + 1n });
  }
  return found;
}

/** Up to the first NUL, without what would spoil a line of text: control characters, marks of direction, halves of characters. */
function nameOf(bytes: Buffer): string {
  const [text = ''] = bytes.toString('utf16le').split('\0', 1);
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '').trim();
}

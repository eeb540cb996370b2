import MBR from 'mbr';
import { mbrTypeText } from './partitionTypes.ts';
import type { FoundTable, TableEntry } from './placing.ts';
import { SECTOR, type Sectors } from './sectors.ts';

const TABLE_AT = 446;
const ENTRY = 16;
const SIGNATURE = 0xaa55;
const PROTECTIVE = 0xee;
/** Logical partitions that are followed from record to record; no system makes that many. */
const MOST_LOGICAL = 128;

interface RecordEntry {
  /** Place in the record, from 1. */
  readonly index: number;
  readonly type: number;
  readonly first: number;
  readonly count: number;
  readonly isExtended: boolean;
}

/** Used entries of a master or extended boot record; none where the sector is not one (a boot sector of a file system ends alike). */
export function partitionsOfMbr(record: Buffer): RecordEntry[] {
  if (record.readUInt16LE(510) !== SIGNATURE) return [];
  const entries = [1, 2, 3, 4].map((index) => {
    const at = TABLE_AT + (index - 1) * ENTRY;
    const { status, type, firstLBA: first, sectors: count, extended: isExtended } = MBR.Partition.parse(record.subarray(at, at + ENTRY));
    return { index, status, type, first, count, isExtended };
  });
  if (entries.some(({ status }) => status !== 0 && status !== 0x80)) return [];
  return entries.filter(({ type, count }) => type !== 0 && count > 0);
}

/** Does the first sector say that the disk has a GUID partition table (UEFI specification, chapter 5)? */
export function holdsProtectiveRecord(record: Buffer): boolean {
  return partitionsOfMbr(record).some(({ type }) => type === PROTECTIVE);
}

/** The partitions of a master boot record and of the extended boot records that it leads to. */
export async function readMbr(sectors: Sectors, end: number, notes: string[]): Promise<FoundTable> {
  const record = await sectors.read(0);
  const entries = record ? partitionsOfMbr(record) : [];
  if (entries.length === 0) return { kind: 'none', found: [] };
  const found: TableEntry[] = entries.filter(({ isExtended }) => !isExtended).map((entry) => entryOf(entry, entry.index, 0));
  for (const { first } of entries.filter(({ isExtended }) => isExtended)) found.push(...(await logical(sectors, first, found, notes)));
  const isOutside = found.length > 0 && found.every(({ first }) => Number(first) * SECTOR >= end);
  return isOutside ? { kind: 'damaged', found: [] } : { kind: 'mbr', found };
}

/** The logical partitions of an extended one: a chain of records, each naming one partition and the next record. */
async function logical(sectors: Sectors, start: number, before: readonly TableEntry[], notes: string[]): Promise<TableEntry[]> {
  const found: TableEntry[] = [];
  const seen = new Set<number>();
  const firstIndex = Math.max(4, ...before.map(({ index }) => index)) + 1;
  for (let at = start; ;) {
    const record = seen.has(at) || seen.size >= MOST_LOGICAL ? undefined : await sectors.read(at);
    if (record?.readUInt16LE(510) !== SIGNATURE) {
      notes.push('The list of logical partitions is damaged; those before the damage are shown.');
      return found;
    }
    seen.add(at);
    const entries = partitionsOfMbr(record);
    const own = entries.find(({ isExtended }) => !isExtended);
    if (own) found.push(entryOf(own, firstIndex + found.length, at));
    // A partition counts from its own record, the next record from the beginning of the extended partition.
    const next = entries.find(({ isExtended }) => isExtended);
    if (!next) return found;
    at = start + next.first;
  }
}

function entryOf({ type, first, count }: RecordEntry, index: number, base: number): TableEntry {
  const words = mbrTypeText(type);
  return { index, name: words, type: words, first: BigInt(base + first), count: BigInt(count) };
}

import type { DiskPartition } from './layout.ts';
import { SECTOR } from './sectors.ts';

/** An entry of a partition table as it stands there: anything may be in it. */
export interface TableEntry {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  /** Sectors `[first, first + count)`. */
  readonly first: bigint;
  readonly count: bigint;
}

/** What a partition table holds. */
export interface FoundTable {
  readonly kind: 'gpt' | 'mbr' | 'none' | 'damaged';
  readonly found: readonly TableEntry[];
}

/** More notes than that nobody reads. */
const MOST_NOTES = 20;

/** The entries as partitions inside the disk's bytes `[0, end)`, in the order of their start; tells in `notes` what had to be cut or left out. */
export function placed(found: readonly TableEntry[], end: number, notes: string[]): DiskPartition[] {
  const partitions: DiskPartition[] = [];
  const said: string[] = [];
  const sectors = BigInt(Math.floor(end / SECTOR));
  for (const { index, name, type, first, count } of found) {
    const last = first + count;
    if (first < 0n || count <= 0n) said.push(`Partition ${index} (${name}) has no size and is left out.`);
    else if (first >= sectors) said.push(`Partition ${index} (${name}) begins beyond the end of the disk and is left out.`);
    else {
      if (last > sectors) said.push(`Partition ${index} (${name}) reaches beyond the end of the disk; it is shown up to there.`);
      const upTo = last > sectors ? sectors : last;
      partitions.push({ index, name, type, start: Number(first) * SECTOR, end: Number(upTo) * SECTOR });
    }
  }
  partitions.sort((a, b) => a.start - b.start || a.index - b.index);
  said.push(...overlaps(partitions));
  notes.push(...said.slice(0, MOST_NOTES));
  if (said.length > MOST_NOTES) notes.push(`… and ${said.length - MOST_NOTES} more things are wrong with the partition table.`);
  return partitions;
}

function* overlaps(partitions: readonly DiskPartition[]): Generator<string> {
  let furthest: DiskPartition | undefined;
  for (const partition of partitions) {
    if (furthest && partition.start < furthest.end) yield `Partitions ${furthest.index} and ${partition.index} overlap.`;
    if (!furthest || partition.end > furthest.end) furthest = partition;
  }
}

import type { PageRange } from '../engine/ranges/pageRange.ts';
import type { Image } from '../engine/pageBlob.ts';
import { toolsFor, type JobOptions } from '../engine/tools.ts';
import { readGpt } from './gptTable.ts';
import { readMbr } from './mbrTable.ts';
import { placed } from './placing.ts';
import { Sectors } from './sectors.ts';
import { readFooter } from './vhdFooter.ts';

/** What a disk says about itself: read from a few sectors at its two ends, whatever its size. Plain data. */
export interface DiskLayout {
  /** `none`: there is no partition table; `damaged`: there is one, and neither it nor its copy can be read. */
  readonly kind: 'gpt' | 'mbr' | 'none' | 'damaged';
  /** Bytes of the image, a VHD's footer included. */
  readonly length: number;
  /** In the order of their start, each inside the disk; on a disk whose table is wrong they may overlap. */
  readonly partitions: readonly DiskPartition[];
  readonly vhd: VhdFooter | undefined;
  /** What is not as it should be, one plain sentence each. */
  readonly notes: readonly string[];
}

/** Bytes `[start, end)` of the image. */
export interface DiskPartition extends PageRange {
  /** Number as operating systems count: of its entry in the table, from 1; the logical ones of an MBR from 5. */
  readonly index: number;
  /** As the table names it, else its type in words. Never empty. */
  readonly name: string;
  /** In words: `EFI system`, `Linux`, `Microsoft reserved`, `FAT32` … */
  readonly type: string;
}

/** The footer at the end of the image: bytes `[start, end)` of it. */
export interface VhdFooter extends PageRange {
  readonly type: 'fixed' | 'dynamic' | 'differencing';
  /** Bytes of the disk in it, as the footer tells. */
  readonly size: number;
}

/**
 * Reads partition table and VHD footer. Nothing on the disk makes it throw, wait or give a range outside the disk: what is wrong is told in `notes`.
 * @throws what reading the image throws
 */
export async function readLayout(image: Image, options: JobOptions): Promise<DiskLayout> {
  const { retrier, signal } = toolsFor(options);
  const length = await retrier.repeat('properties', () => image.length({ signal }), signal);
  const sectors = new Sectors(image, length, retrier, signal);
  const notes: string[] = [];
  const vhd = await readFooter(sectors, notes);
  if (vhd !== undefined && vhd.type !== 'fixed') {
    notes.push(`This is a ${vhd.type} VHD: its bytes are not those of the disk in order, so partitions cannot be told.`);
    return { kind: 'none', length, partitions: [], vhd, notes };
  }
  const end = vhd?.start ?? length;
  const { kind, found } = (await readGpt(sectors, end, notes)) ?? (await readMbr(sectors, end, notes));
  if (kind === 'none') notes.push('There is no partition table.');
  if (kind === 'damaged') notes.push('The partition table is damaged and cannot be read, so partitions cannot be told.');
  return { kind, length, partitions: placed(found, end, notes), vhd, notes };
}

/** Are these the same partitions at the same places? */
export function samePartitions(a: DiskLayout, b: DiskLayout): boolean {
  return a.kind === b.kind && JSON.stringify(a.partitions) === JSON.stringify(b.partitions);
}

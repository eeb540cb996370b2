import { subtract, rangeSet, type RangeSet } from '../engine/ranges/rangeSet.ts';
import type { DiskLayout, DiskPartition } from './layout.ts';

/** A part of a disk that people know by name. */
export interface DiskArea {
  /** `rest`: everything that is in no partition: partition tables and gaps. */
  readonly kind: 'partition' | 'footer' | 'rest';
  readonly name: string;
  /** Undefined for footer and rest. */
  readonly partition: DiskPartition | undefined;
  readonly ranges: RangeSet;
}

/**
 * The disk's bytes `[0, length)` as areas: partitions in the order of their start, the rest, the VHD footer. Together they cover all of it; only
 * partitions that overlap in the table overlap here.
 * @param length bytes; more than the layout's own where the other image of a difference is longer
 */
export function areasOf({ partitions, vhd, kind }: DiskLayout, length: number): DiskArea[] {
  const all = partitions.map((partition): DiskArea => ({
    kind: 'partition',
    name: partition.name,
    partition,
    ranges: [rangeOf(partition)],
  }));
  const footer = vhd && rangeOf(vhd);
  const named = rangeSet([...partitions.map(rangeOf), ...(footer ? [footer] : [])]);
  const rest = subtract(length > 0 ? [{ start: 0, end: length }] : [], named);
  const name = kind === 'none' || kind === 'damaged' ? 'disk' : 'outside of partitions';
  if (rest.length > 0) all.push({ kind: 'rest', name, partition: undefined, ranges: rest });
  if (footer) all.push({ kind: 'footer', name: 'VHD footer', partition: undefined, ranges: [footer] });
  return all;
}

function rangeOf({ start, end }: { start: number; end: number }) {
  return { start, end };
}

import { createHash } from 'node:crypto';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import { applyToFiles, randomChanges } from './changes.ts';
import type { Amounts, Change } from './changes.ts';
import { loadExt2fs } from './ext2fs.ts';
import { PartitionWork } from './fileSystem.ts';
import { PageFile } from './pageFile.ts';
import type { Touched } from './pageFile.ts';
import { EFI_SYSTEM, LINUX_DATA, partitionTable } from './partitions.ts';
import { Random } from './random.ts';
import { efiSeed, ext4Seed } from './seeds.ts';
import { FOOTER, fixedVhdFooter } from './vhd.ts';

const MiB = 1024 ** 2;
const MINUTE = 60_000;

export interface DiskOptions {
  /** Where the image file is made. */
  readonly path: string;
  /** Bytes of the disk without the VHD's footer: whole MiB, at least 60. */
  readonly size: number;
  readonly seed: number;
}

/** Makes a fixed VHD with a GUID partition table, an EFI system partition and an empty ext4. The same seed makes the same bytes. */
export function makeDisk(options: DiskOptions): Disk {
  if (options.size % MiB !== 0) throw new RangeError('The size of a disk in a VHD is a multiple of 1 MiB.');
  return new Disk(options);
}

/** A disk in a fixed VHD that is changed by real file-system work. The image file is the truth. One call at a time. */
export class Disk {
  readonly path: string;
  /** Bytes of the image file: the disk and the footer. */
  readonly length: number;
  readonly #pages: PageFile;
  readonly #random: Random;
  readonly #work: PartitionWork;
  readonly #files = new Map<string, Buffer>();
  /** The disk's own time, so that the same work writes the same bytes. */
  #now = Date.UTC(2026, 0, 1);
  #freed = 0;

  constructor({ path, size, seed }: DiskOptions) {
    this.path = path;
    this.length = size + FOOTER;
    this.#random = new Random(seed);
    this.#pages = new PageFile(path, this.length);
    const efi = efiSeed();
    const [efiStart, ext4Start, end] = [MiB, MiB + efi.size, size - MiB];
    const ext4 = ext4Seed(end - ext4Start);
    const { head, tail } = partitionTable(size, this.#random.guid(), [
      { type: EFI_SYSTEM, guid: this.#random.guid(), name: 'EFI System', start: efiStart, end: ext4Start },
      { type: LINUX_DATA, guid: this.#random.guid(), name: 'data', start: ext4Start, end },
    ]);
    this.#pages.write(0, head);
    for (const { offset, bytes } of efi.parts) this.#pages.write(efiStart + offset, bytes);
    for (const { offset, bytes } of ext4.parts) this.#pages.write(ext4Start + offset, bytes);
    this.#pages.write(size - tail.length, tail);
    this.#pages.write(size, fixedVhdFooter(size, this.#random.bytes(16)));
    this.#work = new PartitionWork(
      loadExt2fs(() => this.#now),
      this.#device(),
      ext4Start,
    );
  }

  /** SHA-256 that every file must have, by path: of what was written, not of what the disk says. */
  get files(): Map<string, string> {
    return new Map([...this.#files].map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]));
  }

  /** Pages that hold data: written once and not discarded since. */
  get allocated(): PageRange[] {
    return this.#pages.allocated();
  }

  async apply(changes: readonly Change[]): Promise<void> {
    this.#now += MINUTE;
    await this.#work.apply(changes);
    for (const change of changes) applyToFiles(this.#files, change);
  }

  /** Does made-up work, which follows from the seed and the calls before alone. */
  async mutate(amounts: Amounts): Promise<readonly Change[]> {
    const sizes = new Map([...this.#files].map(([path, { length }]) => [path, length]));
    const changes = randomChanges(this.#random, sizes, amounts);
    await this.apply(changes);
    return changes;
  }

  /** Discards every free block, as fstrim in a VM does. Returns the bytes that held data and are given up. */
  async trim(): Promise<number> {
    this.#now += MINUTE;
    this.#freed = 0;
    await this.#work.trim();
    return this.#freed;
  }

  /** What was done since the last call; all that the disk holds at the first. */
  touched(): Touched {
    return this.#pages.touched();
  }

  read(range: PageRange): Buffer {
    return this.#pages.read(range.start, range.end - range.start);
  }

  /** Closes the image file and leaves it where it is. */
  close(): void {
    this.#pages.close();
  }

  #device(): ConstructorParameters<typeof PartitionWork>[1] {
    return {
      read: async (buffer, bufferOffset, length, offset) =>
        this.#pages.readInto(buffer.subarray(bufferOffset, bufferOffset + length), offset),
      write: async (buffer, bufferOffset, length, offset) =>
        this.#pages.write(offset, buffer.subarray(bufferOffset, bufferOffset + length)),
      discard: async (offset, length) => {
        this.#freed += this.#pages.discard(offset, length);
      },
      flush: async () => {},
    };
  }
}

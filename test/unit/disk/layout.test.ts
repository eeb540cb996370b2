import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { areasOf } from '../../../src/disk/areas.ts';
import { readLayout, type DiskLayout } from '../../../src/disk/layout.ts';
import { isPageRange } from '../../../src/engine/ranges/pageRange.ts';
import { bytesOf } from '../../../src/engine/ranges/rangeSet.ts';
import { BytesImage } from '../../support/disks/bytesImage.ts';
import { makeDisk } from '../../support/disks/disk.ts';
import { EFI_SYSTEM, LINUX_DATA, partitionTable, type Partition } from '../../support/disks/partitions.ts';
import { fixedVhdFooter, vhdChecksum } from '../../support/disks/vhd.ts';
import { VirtualWorld } from '../../support/memory/virtualWorld.ts';
import { mbrOf } from '../../support/disks/mbr.ts';

const MiB = 1024 ** 2;
const SIZE = 64 * MiB;
const GUID = '11111111-2222-3333-4444-555555555555';
const NO_FOOTER = /no VHD footer/;

const layoutOf = (image: BytesImage): Promise<DiskLayout> => readLayout(image, { world: new VirtualWorld({ seed: 1 }) });
const footer = (size = SIZE): Buffer => fixedVhdFooter(size, Buffer.alloc(16, 7));
const PARTITIONS: readonly Partition[] = [
  { type: EFI_SYSTEM, guid: GUID, name: '', start: MiB, end: 9 * MiB },
  { type: LINUX_DATA, guid: GUID, name: 'root', start: 9 * MiB, end: 60 * MiB },
];
const NAMES = [
  [1, 'EFI system', 'EFI system', MiB, 9 * MiB],
  [2, 'root', 'Linux', 9 * MiB, 60 * MiB],
];
const told = ({ partitions }: DiskLayout) => partitions.map(({ index, name, type, start, end }) => [index, name, type, start, end]);

/** A disk with a GPT and a VHD footer; `change` may spoil both ends. */
function gptDisk(change: (head: Buffer, tail: Buffer) => void = () => undefined, partitions = PARTITIONS): BytesImage {
  const { head, tail } = partitionTable(SIZE, GUID, partitions);
  change(head, tail);
  return new BytesImage(SIZE + 512, [0, head], [SIZE - tail.length, tail], [SIZE, footer()]);
}

describe('the layout of a real disk', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'layout-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('has its partitions by name and its VHD footer, nothing to note, and takes a few sectors to read', async () => {
    const disk = makeDisk({ path: join(folder, 'disk.vhd'), size: SIZE, seed: 1 });
    disk.close();
    const image = new BytesImage(SIZE + 512, [0, readFileSync(disk.path)]);
    const layout = await layoutOf(image);
    assert.equal(layout.kind, 'gpt');
    assert.deepEqual(layout.notes, []);
    assert.deepEqual(told(layout), [
      [1, 'EFI System', 'EFI system', MiB, 9 * MiB],
      [2, 'data', 'Linux', 9 * MiB, 63 * MiB],
    ]);
    assert.deepEqual(layout.vhd, { start: SIZE, end: SIZE + 512, type: 'fixed', size: SIZE });
    assert.ok(image.reads.reduce((bytes, { start, end }) => bytes + end - start, 0) <= 40 * 1024, 'two tables, two headers, two sectors');
  });
});

describe('a GUID partition table', () => {
  it('names partitions by their own name, else by their type in words', async () => {
    assert.deepEqual(told(await layoutOf(gptDisk())), NAMES);
    const other = { type: '12345678-1234-1234-1234-123456789abc', guid: GUID, name: '', start: MiB, end: 2 * MiB };
    assert.equal((await layoutOf(gptDisk(undefined, [other]))).partitions[0]!.name, 'type 12345678-1234-1234-1234-123456789abc');
  });

  it('keeps the numbers of entries where some before are free', async () => {
    const free = { ...PARTITIONS[0]!, type: '00000000-0000-0000-0000-000000000000' };
    assert.deepEqual(
      (await layoutOf(gptDisk(undefined, [free, PARTITIONS[1]!]))).partitions.map(({ index }) => index),
      [2],
    );
  });

  it('has names without what spoils a line: all behind a NUL, control characters, marks of direction', async () => {
    const name = (text: string) => [{ ...PARTITIONS[0]!, name: text }];
    for (const [given, shown] of [
      ['a\u202eb\u0007c\n', 'abc'],
      ['boot\0rest', 'boot'],
      ['\0\0\0', 'EFI system'],
      ['   ', 'EFI system'],
    ] as const)
      assert.equal((await layoutOf(gptDisk(undefined, name(given)))).partitions[0]!.name, shown);
  });

  for (const [what, spoil] of [
    ['header', (head: Buffer) => head.writeUInt8(head.readUInt8(560) ^ 1, 560)],
    ['entries', (head: Buffer) => head.writeUInt8(0x55, 1024 + 40)],
    ['first 34 sectors', (head: Buffer) => head.fill(0)],
  ] as const) {
    it(`is read from its copy, and that is said: damaged are its ${what}`, async () => {
      const layout = await layoutOf(gptDisk(spoil));
      assert.equal(layout.kind, 'gpt');
      assert.deepEqual(told(layout), NAMES);
      assert.match(layout.notes.join(), /damaged; its copy at the end is whole and was used/);
    });
  }

  it('is read from its copy also where the VHD footer is damaged, or the image has none', async () => {
    const { head, tail } = partitionTable(SIZE, GUID, PARTITIONS);
    head.fill(0, 512);
    const bad = footer();
    bad[20]! ^= 1;
    const damaged = await layoutOf(new BytesImage(SIZE + 512, [0, head], [SIZE - tail.length, tail], [SIZE, bad]));
    assert.deepEqual(told(damaged), NAMES);
    assert.match(damaged.notes.join(), /VHD footer at the end is damaged/);
    const none = await layoutOf(new BytesImage(SIZE, [0, head], [SIZE - tail.length, tail]));
    assert.deepEqual(told(none), NAMES);
    assert.match(none.notes.join(), NO_FOOTER);
  });

  it('is damaged where both are, and nothing is made up', async () => {
    const layout = await layoutOf(
      gptDisk((head, tail) => {
        head[560]! ^= 1;
        tail.fill(0);
      }),
    );
    assert.deepEqual([layout.kind, layout.partitions], ['damaged', []]);
    assert.match(layout.notes.join(), /partition table is damaged and cannot be read/);
  });

  it('whose copy is gone, or not at the end because the disk has grown, is read and says so', async () => {
    const gone = await layoutOf(gptDisk((_, tail) => tail.fill(0)));
    assert.deepEqual(told(gone), NAMES);
    assert.match(gone.notes.join(), /copy of the partition table at the end of the disk is damaged or missing/);
    const { head, tail } = partitionTable(SIZE, GUID, PARTITIONS);
    const grown = await layoutOf(new BytesImage(2 * SIZE + 512, [0, head], [SIZE - tail.length, tail], [2 * SIZE, footer(2 * SIZE)]));
    assert.deepEqual(told(grown), NAMES);
    assert.match(grown.notes.join(), /the disk has grown/);
  });

  it('whose header belongs elsewhere, or whose copy is that of another table, is not believed', async () => {
    const misplaced = await layoutOf(gptDisk((head, tail) => tail.copy(head, 512, tail.length - 512)));
    assert.deepEqual(told(misplaced), NAMES);
    assert.match(misplaced.notes.join(), /its copy at the end is whole and was used/);
    const foreign = await layoutOf(
      gptDisk((head, tail) => {
        head.fill(0, 512);
        withChecksum(tail.subarray(tail.length - 512), (header) => header.writeBigUInt64LE(7n, 32));
      }),
    );
    assert.deepEqual([foreign.kind, foreign.partitions], ['damaged', []]);
  });

  it('of entries of another size than any table has, or of too many, is damaged, and nothing is read for it', async () => {
    for (const [entries, size] of [
      [128, 64],
      [128, 130],
      [50_000, 128],
      [0xffff_ffff, 0],
      [0xffff_ffff, 0xffff_ff80],
    ] as const) {
      const image = gptDisk((head, tail) => {
        tail.fill(0);
        withChecksum(head.subarray(512, 1024), (header) => {
          header.writeUInt32LE(entries, 80);
          header.writeUInt32LE(size, 84);
          header.writeUInt32LE(crc32(head.subarray(1024, 1024 + Math.min(entries * size, 16_384))), 88);
        });
      });
      assert.equal((await layoutOf(image)).kind, 'damaged', `${entries} entries of ${size} bytes`);
      assert.ok(image.reads.every(({ start, end }) => end - start === 512));
    }
  });

  it('without its protective record is read and says so; behind a real MBR it is only a remnant', async () => {
    const bare = await layoutOf(gptDisk((head) => head.fill(0, 0, 512)));
    assert.deepEqual([bare.kind, told(bare)], ['gpt', NAMES]);
    assert.match(bare.notes.join(), /protective record .* missing/);
    const over = await layoutOf(gptDisk((head) => mbrOf([{ type: 0x83, first: 2048, count: 2048 }]).copy(head)));
    assert.deepEqual([over.kind, told(over)], ['mbr', [[1, 'Linux', 'Linux', MiB, 2 * MiB]]]);
  });

  it('with partitions beyond the end, upside down or over one another gives only what lies on the disk', async () => {
    const at = (start: number, end: number): Partition => ({ type: LINUX_DATA, guid: GUID, name: '', start: start * MiB, end: end * MiB });
    const layout = await layoutOf(gptDisk(undefined, [at(50, 80), at(1024 ** 3, 1024 ** 3 + 1), at(9, 8), at(2, 52)]));
    assert.deepEqual(told(layout), [
      [4, 'Linux', 'Linux', 2 * MiB, 52 * MiB],
      [1, 'Linux', 'Linux', 50 * MiB, SIZE],
    ]);
    assert.deepEqual(layout.notes, [
      'Partition 1 (Linux) reaches beyond the end of the disk; it is shown up to there.',
      'Partition 2 (Linux) begins beyond the end of the disk and is left out.',
      'Partition 3 (Linux) has no size and is left out.',
      'Partitions 4 and 1 overlap.',
    ]);
  });

  it('with nothing right in it is told in a few notes', async () => {
    const beyond = Array.from({ length: 100 }, (): Partition => ({ ...PARTITIONS[1]!, start: 1024 ** 4, end: 2 * 1024 ** 4 }));
    const { partitions, notes } = await layoutOf(gptDisk(undefined, beyond));
    assert.deepEqual([partitions.length, notes.length, notes.at(-1)], [0, 21, '… and 80 more things are wrong with the partition table.']);
  });

  it('of 8 TiB is read as fast', async () => {
    const size = 8 * 1024 ** 4 - MiB;
    const { head, tail } = partitionTable(size, GUID, [{ ...PARTITIONS[1]!, end: size - MiB }]);
    const image = new BytesImage(size + 512, [0, head], [size - tail.length, tail], [size, footer(size)]);
    const { partitions, vhd } = await layoutOf(image);
    assert.deepEqual([partitions[0]!.end, vhd!.start], [size - MiB, size]);
    assert.ok(image.reads.length <= 8);
  });
});

describe('a disk without a partition table', () => {
  it('says so, with or without a VHD footer', async () => {
    const bare = await layoutOf(new BytesImage(SIZE));
    assert.deepEqual([bare.kind, bare.partitions, bare.vhd], ['none', [], undefined]);
    assert.match(bare.notes.join(), /There is no partition table/);
    assert.match(bare.notes.join(), NO_FOOTER);
    const vhd = await layoutOf(new BytesImage(SIZE + 512, [SIZE, footer()]));
    assert.deepEqual(vhd.notes, ['There is no partition table.']);
  });

  it('may be as small as a page, or nothing', async () => {
    for (const length of [0, 512, 1024, 34 * 512]) assert.equal((await layoutOf(new BytesImage(length))).kind, 'none');
  });
});

describe('a VHD footer', () => {
  it('of another type than fixed tells that the bytes are not the disk', async () => {
    const dynamic = footer();
    dynamic.writeUInt32BE(3, 60);
    dynamic.writeUInt32BE(vhdChecksum(dynamic), 64);
    const { head } = partitionTable(SIZE, GUID, PARTITIONS);
    const layout = await layoutOf(new BytesImage(SIZE + 512, [0, head], [SIZE, dynamic]));
    assert.deepEqual([layout.kind, layout.vhd!.type, layout.partitions], ['none', 'dynamic', []]);
    assert.match(layout.notes.join(), /This is a dynamic VHD/);
  });

  it('that tells another size is noted', async () => {
    const layout = await layoutOf(new BytesImage(SIZE + 512, [SIZE, footer(SIZE / 2)]));
    assert.match(layout.notes.join(), /tells a disk of 33554432 bytes, but 67108864 bytes lie before it/);
  });
});

describe('any bytes at all', () => {
  const sector = fc.uint8Array({ minLength: 512, maxLength: 512 });
  const wild = fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    first: fc.integer({ min: 0, max: 0xffff_ffff }),
    count: fc.nat(0xffff_ffff),
  });
  const parts = fc.oneof(
    fc.record({ at: fc.nat(130), bytes: sector }),
    fc.record({ at: fc.constantFrom(0, 1, 7, 63), bytes: fc.array(wild, { maxLength: 4 }).map(mbrOf) }),
    fc.record({ at: fc.nat(70), bytes: fc.array(wild, { maxLength: 2 }).map(mbrOf) }),
  );
  const header = fc.record({
    at: fc.nat(40),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    field: fc.constantFrom(8, 24, 32, 72, 80),
  });

  it('neither fail nor hang, and never give a range outside the disk', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 200 }), fc.array(parts, { maxLength: 6 }), async (pages, all) => {
        checkLayout(await layoutOf(new BytesImage(pages * 512, ...all.map(({ at, bytes }) => [at * 512, bytes] as const))), pages * 512);
      }),
      { seed: 5001, numRuns: 500 },
    );
  });

  it('in a GUID partition table with right checksums neither', async () => {
    const entry = fc.tuple(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.uint8Array({ minLength: 72, maxLength: 72 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(header, { maxLength: 3 }), fc.array(entry, { maxLength: 130 }), async (fields, entries) => {
        const image = gptDisk((head, tail) => spoilWell(head, tail, fields, entries));
        checkLayout(await layoutOf(image), SIZE + 512);
      }),
      { seed: 5002, numRuns: 200 },
    );
  });
});

/** Puts anything into the table and some fields of its header, and makes the checksums right again. */
function spoilWell(
  head: Buffer,
  tail: Buffer,
  fields: readonly { value: bigint; field: number }[],
  entries: readonly (readonly [bigint, bigint, Uint8Array])[],
): void {
  const table = head.subarray(1024, 1024 + 128 * 128);
  for (const [i, [first, last, name]] of entries.slice(0, 128).entries()) {
    table.write('anything but zeros', i * 128, 'latin1');
    table.writeBigUInt64LE(first, i * 128 + 32);
    table.writeBigUInt64LE(last, i * 128 + 40);
    table.set(name, i * 128 + 56);
  }
  const block = head.subarray(512, 1024);
  for (const { field, value } of fields) block.writeBigUInt64LE(value, field);
  block.writeUInt32LE(crc32(table), 88);
  block.writeUInt32LE(0, 16);
  block.writeUInt32LE(crc32(block.subarray(0, Math.max(16, Math.min(512, block.readUInt32LE(12))))), 16);
  tail.fill(0);
}

/** Changes a header and makes its checksum right again. */
function withChecksum(header: Buffer, change: (header: Buffer) => void): void {
  change(header);
  header.writeUInt32LE(0, 16);
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 16);
}

function checkLayout(layout: DiskLayout, length: number): void {
  assert.equal(layout.length, length);
  const end = layout.vhd?.start ?? length;
  for (const partition of layout.partitions) {
    assert.ok(isPageRange(partition) && partition.end <= end, JSON.stringify(partition));
    assert.ok(partition.name.length > 0 && !/[\p{Cc}]/u.test(partition.name));
  }
  assert.ok(layout.notes.length <= 30);
  JSON.stringify(layout);
  const areas = areasOf(layout, length);
  const sum = areas.reduce((bytes, { ranges }) => bytes + bytesOf(ranges), 0);
  assert.ok(layout.notes.some((note) => note.includes('overlap') || note.includes('more things')) ? sum >= length : sum === length);
}

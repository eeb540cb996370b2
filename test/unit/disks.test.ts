import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import GPT from 'gpt';
import { makeDisk } from '../support/disks/disk.ts';
import type { Disk } from '../support/disks/disk.ts';
import { playInto } from '../support/disks/play.ts';
import { filesIn } from '../support/disks/readFiles.ts';
import { FOOTER, geometryOf, vhdChecksum } from '../support/disks/vhd.ts';
import { DiskOracle, sha256OfFile } from '../support/oracle.ts';

const MiB = 1024 ** 2;
const size = 64 * MiB;
const small = { add: 12, largest: MiB };

const folder = mkdtempSync(join(tmpdir(), 'disks-'));
const disks: Disk[] = [];
const make = (seed: number, bytes = size): Disk => {
  const disk = makeDisk({ path: join(folder, `${disks.length}.vhd`), size: bytes, seed });
  disks.push(disk);
  return disk;
};

after(() => {
  for (const disk of disks) disk.close();
  rmSync(folder, { recursive: true });
});

describe('a made disk', () => {
  let disk: Disk;
  before(() => {
    disk = make(1);
  });

  it('is a fixed VHD', () => {
    assert.equal(statSync(disk.path).size, size + FOOTER);
    const footer = disk.read({ start: size, end: size + FOOTER });
    assert.equal(footer.toString('latin1', 0, 8), 'conectix');
    assert.equal(footer.readBigUInt64BE(16), 2n ** 64n - 1n);
    assert.equal(footer.readBigUInt64BE(40), BigInt(size));
    assert.equal(footer.readBigUInt64BE(48), BigInt(size));
    assert.equal(footer.readUInt32BE(60), 2);
    assert.equal(footer.readUInt32BE(64), vhdChecksum(footer));
  });

  it('has the geometry of the specification', () => {
    assert.deepEqual(geometryOf(64 * MiB), { cylinders: 963, heads: 8, sectors: 17 });
    assert.deepEqual(geometryOf(1024 * MiB), { cylinders: 2080, heads: 16, sectors: 63 });
    assert.deepEqual(geometryOf(2048 * 1024 * MiB), { cylinders: 65_535, heads: 16, sectors: 255 });
  });

  it('has a partition table that another reader finds whole, at both ends', () => {
    const primary = GPT.parse(disk.read({ start: 512, end: 512 + 33 * 512 }));
    const backup = new GPT();
    backup.parseBackup(disk.read({ start: size - 33 * 512, end: size }));
    for (const table of [primary, backup]) {
      assert.ok(table.verify());
      assert.deepEqual(
        table.partitions.filter(({ firstLBA }) => firstLBA > 0n).map(({ name, firstLBA, lastLBA }) => [name, firstLBA, lastLBA]),
        [
          ['EFI System', 2048n, 18_431n],
          ['data', 18_432n, 129_023n],
        ],
      );
    }
    assert.equal(primary.backupLBA, BigInt(size / 512 - 1));
    const mbr = disk.read({ start: 0, end: 512 });
    assert.deepEqual([mbr[450], mbr.readUInt32LE(454), mbr.readUInt16LE(510)], [0xee, 1, 0xaa55]);
  });

  it('starts with an ext4 that holds no files, and says so', async () => {
    assert.deepEqual([...(await filesIn(disk.path))], []);
    assert.deepEqual(disk.files, new Map());
  });
});

describe('work on a disk', () => {
  it('is really in the file system, and reading the files changes nothing', async () => {
    const disk = make(2);
    await disk.mutate(small);
    await disk.mutate({ ...small, change: 8, delete: 3 });
    await disk.apply([
      { kind: 'write', path: '/deep/er/note.txt', bytes: Buffer.from('hello') },
      { kind: 'patch', path: '/deep/er/note.txt', offset: 10_000, bytes: Buffer.from('far behind the end') },
      { kind: 'rename', path: '/deep/er/note.txt', to: '/up/note.txt' },
      { kind: 'write', path: '/up/empty', bytes: Buffer.alloc(0) },
    ]);
    const before = await sha256OfFile(disk.path);
    assert.deepEqual(await filesIn(disk.path), new Map([...disk.files].sort(([a], [b]) => (a < b ? -1 : 1))));
    assert.equal(disk.files.size, 12 + 12 - 3 + 2);
    assert.equal(await sha256OfFile(disk.path), before);
  });

  it('follows from the seed alone, whenever it is done', async () => {
    const hashes: string[] = [];
    for (const seed of [3, 3, 4]) {
      const disk = make(seed);
      await disk.mutate(small);
      await disk.mutate({ add: 2, change: 4, delete: 4, largest: 100_000 });
      await disk.trim();
      hashes.push(await sha256OfFile(disk.path));
    }
    assert.equal(hashes[0], hashes[1]);
    assert.notEqual(hashes[0], hashes[2]);
  });

  it('can be played into a page blob, which then equals the image at every time, in bytes and in allocated pages', async () => {
    const disk = make(5);
    const blob = new DiskOracle(disk.length);
    const past: string[] = [];
    const steps = [
      async () => {},
      async () => disk.mutate(small),
      async () => disk.mutate({ add: 2, change: 5, delete: 5, largest: 200_000 }),
      async () => disk.trim(),
      async () => disk.mutate({ add: 3, largest: MiB }),
    ];
    for (const [i, step] of steps.entries()) {
      await step();
      await playInto(blob, disk);
      blob.remember(`${i}`);
      past.push(await sha256OfFile(disk.path));
      assert.deepEqual(blob.allocated(), disk.allocated);
    }
    for (const [i, hash] of past.entries()) assert.equal(await blob.sha256(`${i}`), hash);
    assert.equal(new Set(past).size, past.length);
  });

  it('tells what was touched once, and little of it after little work', async () => {
    const disk = make(6);
    await disk.mutate(small);
    disk.touched();
    assert.deepEqual(disk.touched(), { written: [], discarded: [] });
    await disk.apply([{ kind: 'write', path: '/small', bytes: Buffer.from('x') }]);
    const { written, discarded } = disk.touched();
    const bytes = written.reduce((sum, { start, end }) => sum + end - start, 0);
    assert.ok(bytes > 512 && bytes < 100_000, `${bytes} bytes were written`);
    assert.deepEqual(discarded, []);
  });

  it('frees pages by a trim after deletions, and only such as held data', async () => {
    const disk = make(7);
    await disk.mutate(small);
    await disk.trim();
    const before = disk.allocated;
    disk.touched();
    await disk.apply([...disk.files.keys()].slice(0, 6).map((path) => ({ kind: 'delete', path })));
    const freed = await disk.trim();
    const { discarded } = disk.touched();
    assert.ok(freed > 100_000, `only ${freed} bytes were freed`);
    assert.equal(
      discarded.reduce((sum, { start, end }) => sum + end - start, 0),
      freed,
    );
    for (const { start, end } of discarded) {
      assert.ok(before.some((range) => range.start <= start && end <= range.end));
      assert.ok(disk.read({ start, end }).every((byte) => byte === 0));
    }
    assert.equal(await disk.trim(), 0);
  });

  it('shows in a copy of the image that one wrong page would be seen', async () => {
    const disk = make(8);
    await disk.apply([{ kind: 'write', path: '/file', bytes: Buffer.alloc(8192, 1) }]);
    const copy = join(folder, 'copy.vhd');
    copyFileSync(disk.path, copy);
    assert.deepEqual(await filesIn(copy), disk.files);
    await disk.apply([{ kind: 'patch', path: '/file', offset: 5000, bytes: Buffer.from([2]) }]);
    assert.notDeepEqual(await filesIn(copy), disk.files);
    assert.deepEqual(await filesIn(disk.path), disk.files);
  });

  it('says plainly when the file system is full, and leaves it whole', async () => {
    const disk = make(11);
    const big = { kind: 'write', path: '/big', bytes: Buffer.alloc(60 * MiB, 1) } as const;
    await assert.rejects(disk.apply([big]), /full/);
    await disk.apply([{ kind: 'delete', path: '/big' }]);
    await disk.apply([{ kind: 'write', path: '/small', bytes: Buffer.from('x') }]);
    assert.deepEqual(await filesIn(disk.path), disk.files);
  });

  it('sets no handler on this process, as the package would', () => {
    const handlers = (): number => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
    const before = handlers();
    make(12);
    assert.equal(handlers(), before);
  });
});

describe('sizes', () => {
  it('may be a gibibyte, sparse on this machine', async () => {
    const disk = make(9, 1024 * MiB);
    await disk.mutate({ add: 5, largest: MiB });
    assert.equal(statSync(disk.path).size, 1024 * MiB + FOOTER);
    assert.ok(statSync(disk.path).blocks * 512 < 40 * MiB);
    assert.deepEqual((await filesIn(disk.path)).size, 5);
  });

  it('must be whole mebibytes and hold an ext4', () => {
    assert.throws(() => make(10, size + 512), RangeError);
    assert.throws(() => make(10, 32 * MiB), /needs 48 MiB/);
  });
});

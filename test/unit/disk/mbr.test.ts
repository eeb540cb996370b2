import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLayout, type DiskLayout } from '../../../src/disk/layout.ts';
import { BytesImage } from '../../support/disks/bytesImage.ts';
import { mbrOf } from '../../support/disks/mbr.ts';
import { VirtualWorld } from '../../support/memory/virtualWorld.ts';

const SECTORS = 20_000;
const EXTENDED = 0x0f;

async function layoutOf(...parts: readonly (readonly [sector: number, bytes: Buffer])[]): Promise<DiskLayout> {
  const image = new BytesImage(SECTORS * 512, ...parts.map(([sector, bytes]) => [sector * 512, bytes] as const));
  const layout = await readLayout(image, { world: new VirtualWorld({ seed: 1 }) });
  assert.ok(image.reads.length <= 140, 'bounded');
  return layout;
}

/** Sectors instead of bytes. */
const told = ({ partitions }: DiskLayout) => partitions.map(({ index, name, start, end }) => [index, name, start / 512, end / 512]);

describe('a master boot record', () => {
  it('gives its partitions by type', async () => {
    const record = mbrOf([
      { type: 0x07, first: 2048, count: 1000 },
      { type: 0, first: 0, count: 0 },
      { type: 0x83, first: 4000, count: 1000 },
      { type: 0x99, first: 6000, count: 1 },
    ]);
    const layout = await layoutOf([0, record]);
    assert.equal(layout.kind, 'mbr');
    assert.deepEqual(told(layout), [
      [1, 'Windows (NTFS or exFAT)', 2048, 3048],
      [3, 'Linux', 4000, 5000],
      [4, 'type 0x99', 6000, 6001],
    ]);
  });

  it('leads to logical partitions, which count from 5', async () => {
    const layout = await layoutOf(
      [
        0,
        mbrOf([
          { type: 0x0c, first: 63, count: 100 },
          { type: EXTENDED, first: 1000, count: 9000 },
        ]),
      ],
      [
        1000,
        mbrOf([
          { type: 0x83, first: 8, count: 92 },
          { type: 5, first: 100, count: 200 },
        ]),
      ],
      [
        1100,
        mbrOf([
          { type: 0x82, first: 8, count: 92 },
          { type: 5, first: 500, count: 200 },
        ]),
      ],
      [1500, mbrOf([{ type: 0x8e, first: 8, count: 92 }])],
    );
    assert.deepEqual(told(layout), [
      [1, 'FAT32', 63, 163],
      [5, 'Linux', 1008, 1100],
      [6, 'Linux swap', 1108, 1200],
      [7, 'Linux LVM', 1508, 1600],
    ]);
  });

  it('whose list of logical partitions goes round, leads nowhere or never ends, gives those before the damage and says so', async () => {
    const damage = /list of logical partitions is damaged/;
    const master = mbrOf([{ type: EXTENDED, first: 1000, count: 9000 }]);
    const round = await layoutOf(
      [0, master],
      [
        1000,
        mbrOf([
          { type: 0x83, first: 8, count: 2 },
          { type: 5, first: 0, count: 9 },
        ]),
      ],
    );
    assert.deepEqual(told(round), [[5, 'Linux', 1008, 1010]]);
    assert.match(round.notes.join(), damage);
    const nowhere = await layoutOf(
      [0, master],
      [
        1000,
        mbrOf([
          { type: 0x83, first: 8, count: 2 },
          { type: 5, first: 0xffff_ffff, count: 9 },
        ]),
      ],
    );
    assert.deepEqual(told(nowhere), [[5, 'Linux', 1008, 1010]]);
    assert.match(nowhere.notes.join(), damage);
    const endless = Array.from(
      { length: 1000 },
      (_, i) =>
        [
          1000 + i * 4,
          mbrOf([
            { type: 0x83, first: 1, count: 2 },
            { type: 5, first: i * 4 + 4, count: 4 },
          ]),
        ] as const,
    );
    const bounded = await layoutOf([0, master], ...endless);
    assert.equal(bounded.partitions.length, 128);
    assert.match(bounded.notes.join(), damage);
  });

  it('all of whose partitions lie beyond the end is damaged', async () => {
    const layout = await layoutOf([0, mbrOf([{ type: 0x83, first: SECTORS, count: 10 }])]);
    assert.deepEqual([layout.kind, layout.partitions], ['damaged', []]);
  });

  it('is not seen in the boot sector of a file system, which ends alike', async () => {
    const sector = Buffer.alloc(512, 'boot code ');
    sector.writeUInt16LE(0xaa55, 510);
    const layout = await layoutOf([0, sector]);
    assert.deepEqual([layout.kind, layout.partitions], ['none', []]);
  });
});

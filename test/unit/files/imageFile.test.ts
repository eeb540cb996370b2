import assert from 'node:assert/strict';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isBackupError } from '../../../src/engine/errors.ts';
import { collect, type RangeWindow } from '../../../src/engine/ranges/rangeWindow.ts';
import { ImageFile } from '../../../src/files/imageFile.ts';

const MIB = 1024 * 1024;

describe('a disk image on this machine', () => {
  let folder: string;
  const place = (name: string): string => join(folder, name);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pbb-image-'));
    const file = await open(place('disk.vhd'), 'w');
    await file.truncate(10 * MIB);
    await file.write(Buffer.alloc(1024, 1), 0, 1024, 512);
    await file.write(Buffer.from([5]), 0, 1, 4 * MIB - 1);
    await file.write(Buffer.from([6]), 0, 1, 4 * MIB);
    await file.write(Buffer.alloc(512, 7), 0, 512, 10 * MIB - 512);
    await file.close();
    await writeFile(place('cut.vhd'), Buffer.alloc(513));
  });
  after(() => rm(folder, { recursive: true }));

  it('holds the pages that are not zero, in windows that tile the range', async () => {
    const image = new ImageFile(place('disk.vhd'));
    const length = await image.length();
    assert.equal(length, 10 * MIB);
    const windows: RangeWindow[] = [];
    for await (const window of image.allocated({ start: 0, end: length })) windows.push(window);
    assert.deepEqual(
      windows.map(({ start, end }) => [start, end]),
      [
        [0, 4 * MIB],
        [4 * MIB, 8 * MIB],
        [8 * MIB, 10 * MIB],
      ],
    );
    assert.deepEqual(await collect(image.allocated({ start: 0, end: length })), [
      { start: 512, end: 1536 },
      { start: 4 * MIB - 512, end: 4 * MIB + 512 },
      { start: 10 * MIB - 512, end: 10 * MIB },
    ]);
    assert.deepEqual(await collect(image.allocated({ start: 1024, end: 2048 })), [{ start: 1024, end: 1536 }]);
    assert.deepEqual(await image.read({ start: 0, end: 1024 }), new Uint8Array([...Buffer.alloc(512), ...Buffer.alloc(512, 1)]));
    await image.close();
  });

  for (const [what, name, code, says] of [
    ['cut short', 'cut.vhd', 'unaligned', /cut\.vhd has 513 bytes, which is no multiple of 512.*1 bytes into a page/],
    ['missing', 'none.vhd', 'fileProblem', /Could not look at .*none\.vhd: there is no such file/],
    ['a folder', '.', 'fileProblem', /is not a file/],
  ] as const) {
    it(`says that it is ${what}`, async () => {
      const image = new ImageFile(place(name));
      await assert.rejects(image.length(), (error) => isBackupError(error, code) && says.test(error.fullText));
      await image.close();
    });
  }

  it('says that it became shorter while it was read', async () => {
    const image = new ImageFile(place('disk.vhd'));
    await assert.rejects(image.read({ start: 10 * MIB - 512, end: 10 * MIB + 512 }), (error) => isBackupError(error, 'fileProblem'));
    await image.close();
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BlobImage, Image } from '../../../src/engine/pageBlob.ts';
import { MAX_WRITE, PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { allocatedIn, assertBytes, assertRefused, assertUnchanged, filled, pages, writeAt, zeros } from './assertions.ts';
import { createdBlob, freshName } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

const MOST = MAX_WRITE / PAGE;

export function serverWritesContract(use: UseFixture): void {
  describe('pages written by the service itself', () => {
    it('come from the other account, at the same offset', async () => {
      const source = await createdBlob(use(), 8 * PAGE, 'source');
      const target = await createdBlob(use(), 8 * PAGE, 'backup');
      await writeAt(source, 2, 1, 4);
      await target.writePagesFrom(source.image(), pages(3, 5));
      assert.deepEqual(await allocatedIn(target.image()), [pages(3, 5)]);
      await assertBytes(target.image(), pages(3, 5), filled(1, 4).subarray(PAGE, 3 * PAGE));
    });

    it('come from a snapshot as it was', async () => {
      const source = await createdBlob(use(), 8 * PAGE, 'source');
      const target = await createdBlob(use(), 8 * PAGE, 'backup');
      await writeAt(source, 2, 1, 2);
      const snapshot = await source.createSnapshot({ run: '1' });
      await writeAt(source, 2, 2, 2);
      await target.writePagesFrom(source.image(snapshot), pages(2, 4));
      await assertBytes(target.image(), pages(2, 4), filled(1, 2));
      assert.deepEqual(await allocatedIn(source.image()), [pages(2, 4)]);
    });

    it('come from the same account too', async () => {
      const [source, target] = [await createdBlob(use(), 4 * PAGE), await createdBlob(use(), 4 * PAGE)];
      await writeAt(source, 1, 5);
      await target.writePagesFrom(source.image(), pages(1));
      await assertBytes(target.image(), pages(1), filled(5));
    });

    it('are zeros, and allocated, where the source holds nothing', async () => {
      const source = await createdBlob(use(), 4 * PAGE, 'source');
      const target = await createdBlob(use(), 4 * PAGE, 'backup');
      await writeAt(target, 0, 9, 4);
      await writeAt(source, 1, 1);
      await target.writePagesFrom(source.image(), pages(0, 3));
      await assertBytes(target.image(), pages(0, 4), Buffer.concat([zeros(), filled(1), zeros(), filled(9, 4).subarray(3 * PAGE)]));
      await target.writePagesFrom(source.image(), pages(3));
      await assertBytes(target.image(), pages(3), zeros());
      assert.deepEqual(await allocatedIn(target.image()), [pages(0, 4)]);
    });

    it('are 4 MiB at most, whole pages, inside both blobs', async () => {
      const source = await createdBlob(use(), 2 * MAX_WRITE, 'source');
      const target = await createdBlob(use(), MAX_WRITE + 2 * PAGE, 'backup');
      await writeAt(source, 1, 6, MOST);
      await target.writePagesFrom(source.image(), pages(1, MOST + 1));
      await assertBytes(target.image(), pages(1, MOST + 1), filled(6, MOST));
      const small = await createdBlob(use(), 2 * PAGE, 'source');
      await assertUnchanged(target, async () => {
        await assertRefused(target.writePagesFrom(source.image(), pages(0, MOST + 1)), 'badInput');
        await assertRefused(target.writePagesFrom(source.image(), { start: 1, end: PAGE }), 'unaligned', 'badInput');
        await assertRefused(target.writePagesFrom(source.image(), pages(1, 1)), 'unaligned', 'badInput');
        await assertRefused(target.writePagesFrom(source.image(), pages(MOST + 1, MOST + 3)), 'badInput');
        await assertRefused(target.writePagesFrom(small.image(), pages(1, 3)), 'badInput', 'copySourceRefused');
      });
    });

    it('are not to be had from a source that is not there', async () => {
      const target = await createdBlob(use(), 4 * PAGE, 'backup');
      const source = await createdBlob(use(), 4 * PAGE, 'source');
      const snapshot = await source.createSnapshot({ run: '1' });
      await source.deleteSnapshot(snapshot);
      await assertUnchanged(target, async () => {
        await assertRefused(target.writePagesFrom(use().blob('source', freshName()).image(), pages(0)), 'copySourceRefused');
        await assertRefused(target.writePagesFrom(source.image(snapshot), pages(0)), 'copySourceRefused');
      });
    });

    it('fail as any write where the target is not there', async () => {
      const source = await createdBlob(use(), 4 * PAGE, 'source');
      await assertRefused(use().blob('backup', freshName()).writePagesFrom(source.image(), pages(0)), 'blobNotFound');
    });

    it('are not to be had from an image without a URL', async () => {
      const target = await createdBlob(use(), 4 * PAGE, 'backup');
      await assertUnchanged(target, () => assertRefused(target.writePagesFrom(localImage(target.image()), pages(0)), 'notSupported'));
    });
  });
}

/** An image that no service can read. */
function localImage(like: BlobImage): BlobImage {
  const image: Image = {
    label: '/tmp/disk.vhd',
    length: (options) => like.length(options),
    allocated: (within, options) => like.allocated(within, options),
    read: (range, options) => like.read(range, options),
  };
  return {
    ...image,
    snapshot: undefined,
    properties: (options) => like.properties(options),
    changedSince: (previous, within, options) => like.changedSince(previous, within, options),
  };
}

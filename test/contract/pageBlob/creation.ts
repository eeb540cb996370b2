import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_LENGTH, PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { allocatedIn, assertBytes, assertRefused, assertUnchanged, pages, writeAt, filled, zeros } from './assertions.ts';
import { createdBlob, freshName } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

export function creationContract(use: UseFixture): void {
  describe('creation and length', () => {
    it('creates an empty blob with its metadata', async () => {
      const blob = use().blob('source', freshName());
      await blob.create(8 * PAGE, { one: '1', two: 'zwei = 2' });
      const image = blob.image();
      const { length, metadata, sequenceNumber, lease, leaseDuration, copy, etag, createdOn } = await image.properties();
      assert.deepEqual(
        { length, metadata, sequenceNumber, lease },
        { length: 8 * PAGE, metadata: { one: '1', two: 'zwei = 2' }, sequenceNumber: 0, lease: 'available' },
      );
      assert.deepEqual([leaseDuration, copy?.status], [undefined, undefined]);
      assert.ok(etag.length > 0 && createdOn !== undefined);
      assert.equal(await image.length(), 8 * PAGE);
      assert.deepEqual(await allocatedIn(image), []);
      await assertBytes(image, pages(0, 8), zeros(8));
    });

    it('never replaces a page blob', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      await writeAt(blob, 1, 5);
      await assertUnchanged(blob, () => assertRefused(blob.create(8 * PAGE, { other: 'x' }), 'alreadyExists'));
    });

    it('never replaces a block blob', async () => {
      const blob = use().blob('source', freshName());
      await use().foreign.createBlockBlob(blob.url, 'text');
      await assertRefused(blob.create(PAGE, {}), 'alreadyExists');
      await assertRefused(blob.image().properties(), 'notPageBlob');
    });

    it('refuses lengths that are no whole pages or above 8 TiB, and creates nothing', async () => {
      for (const length of [1, 511, 513, PAGE * 3 - 1, -PAGE, MAX_LENGTH + PAGE]) {
        const blob = use().blob('source', freshName());
        await assertRefused(blob.create(length, {}), 'unaligned', 'badInput');
        await assertRefused(blob.image().properties(), 'blobNotFound');
      }
    });

    it('creates 8 TiB and uses its last page', async () => {
      const blob = await createdBlob(use(), MAX_LENGTH);
      const last = { start: MAX_LENGTH - PAGE, end: MAX_LENGTH };
      await blob.writePages(last.start, filled(3));
      assert.deepEqual(await allocatedIn(blob.image()), [last]);
      await assertBytes(blob.image(), last, filled(3));
      await blob.clearPages({ start: 0, end: MAX_LENGTH });
      assert.deepEqual(await allocatedIn(blob.image()), []);
    });

    it('creates an empty blob of length zero, which can grow', async () => {
      const blob = await createdBlob(use(), 0);
      assert.equal(await blob.image().length(), 0);
      await blob.resize(2 * PAGE);
      await writeAt(blob, 1, 4);
      await assertBytes(blob.image(), pages(0, 2), Buffer.concat([zeros(), filled(4)]));
    });

    it('fails in a container that does not exist', async () => {
      await assertRefused(use().blobInAbsentContainer().create(PAGE, {}), 'containerNotFound');
    });

    it('grows with empty pages', async () => {
      const blob = await createdBlob(use(), 2 * PAGE);
      await writeAt(blob, 1, 1);
      await blob.resize(5 * PAGE);
      assert.equal(await blob.image().length(), 5 * PAGE);
      assert.deepEqual(await allocatedIn(blob.image()), [pages(1)]);
      await assertBytes(blob.image(), pages(0, 5), Buffer.concat([zeros(), filled(1), zeros(3)]));
    });

    it('shrinks, and what was cut off does not come back', async () => {
      const blob = await createdBlob(use(), 6 * PAGE);
      await writeAt(blob, 1, 7, 5);
      await blob.resize(3 * PAGE);
      assert.equal(await blob.image().length(), 3 * PAGE);
      assert.deepEqual(await allocatedIn(blob.image()), [pages(1, 3)]);
      await assertRefused(blob.writePages(3 * PAGE, filled(1)), 'badInput');
      await blob.resize(6 * PAGE);
      assert.deepEqual(await allocatedIn(blob.image()), [pages(1, 3)]);
      await assertBytes(blob.image(), pages(3, 6), zeros(3));
    });

    it('refuses to be resized to what is no length', async () => {
      const blob = await createdBlob(use(), 2 * PAGE);
      await assertUnchanged(blob, () => assertRefused(blob.resize(PAGE + 1), 'unaligned', 'badInput'));
      await assertUnchanged(blob, () => assertRefused(blob.resize(MAX_LENGTH + PAGE), 'unaligned', 'badInput'));
    });

    it('replaces all metadata', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.setMetadata({ one: '1', two: '2' });
      await blob.setMetadata({ two: 'II', three: 'a,b; c="d" ~!@#$%^&*()' });
      assert.deepEqual((await blob.image().properties()).metadata, { two: 'II', three: 'a,b; c="d" ~!@#$%^&*()' });
      await blob.setMetadata({});
      assert.deepEqual((await blob.image().properties()).metadata, {});
    });

    it('refuses metadata above 8 KiB', async () => {
      const blob = await createdBlob(use(), PAGE);
      await assertUnchanged(blob, () => assertRefused(blob.setMetadata({ big: 'x'.repeat(9000) }), 'badInput'));
    });
  });
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_WRITE, PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { allocatedIn, assertBytes, assertRefused, assertUnchanged, filled, listed, pages, writeAt, zeros } from './assertions.ts';
import { createdBlob } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

const MOST = MAX_WRITE / PAGE;

export function pagesContract(use: UseFixture): void {
  describe('writing, clearing, reading and listing pages', () => {
    it('writes pages where it is told and nowhere else', async () => {
      const blob = await createdBlob(use(), 8 * PAGE);
      await writeAt(blob, 2, 1, 3);
      await writeAt(blob, 3, 2);
      assert.deepEqual(await allocatedIn(blob.image()), [pages(2, 5)]);
      const [first, , third] = [0, 1, 2].map((at) => filled(1, 3).subarray(at * PAGE, (at + 1) * PAGE));
      await assertBytes(blob.image(), pages(0, 8), Buffer.concat([zeros(2), first!, filled(2), third!, zeros(3)]));
      await assertBytes(blob.image(), pages(3), filled(2));
    });

    it('shares no bytes with its callers', async () => {
      const blob = await createdBlob(use(), PAGE);
      const bytes = filled(9);
      await blob.writePages(0, bytes);
      bytes.fill(0);
      const first = await blob.image().read(pages(0));
      first.fill(0);
      await assertBytes(blob.image(), pages(0), filled(9));
    });

    it('writes a part of a larger buffer', async () => {
      const blob = await createdBlob(use(), 2 * PAGE);
      await blob.writePages(PAGE, filled(4, 3).subarray(PAGE, 2 * PAGE));
      await assertBytes(blob.image(), pages(1), filled(4, 3).subarray(PAGE, 2 * PAGE));
    });

    it('allocates pages that are written with zeros', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      await blob.writePages(PAGE, zeros(2));
      assert.deepEqual(await allocatedIn(blob.image()), [pages(1, 3)]);
    });

    it('writes and reads 4 MiB at once, and not a page more', async () => {
      const blob = await createdBlob(use(), 2 * MAX_WRITE);
      await blob.writePages(PAGE, filled(6, MOST));
      await assertBytes(blob.image(), pages(1, MOST + 1), filled(6, MOST));
      await assertUnchanged(blob, () => assertRefused(blob.writePages(0, filled(1, MOST + 1)), 'badInput'));
      await assertRefused(blob.image().read(pages(0, MOST + 1)), 'badInput', 'unaligned');
    });

    it('refuses writes that are no whole pages, empty, or beyond the end', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      await writeAt(blob, 3, 1);
      await assertUnchanged(blob, async () => {
        await assertRefused(blob.writePages(1, filled(1)), 'unaligned', 'badInput');
        await assertRefused(blob.writePages(0, filled(1).subarray(1)), 'unaligned', 'badInput');
        await assertRefused(blob.writePages(0, new Uint8Array(0)), 'unaligned', 'badInput');
        await assertRefused(blob.writePages(4 * PAGE, filled(1)), 'badInput');
        await assertRefused(blob.writePages(3 * PAGE, filled(1, 2)), 'badInput');
      });
    });

    it('clears pages: zeros, and not allocated any more', async () => {
      const blob = await createdBlob(use(), 8 * PAGE);
      await writeAt(blob, 0, 1, 8);
      await blob.clearPages(pages(1));
      await blob.clearPages(pages(5, 8));
      assert.deepEqual(await allocatedIn(blob.image()), [pages(0), pages(2, 5)]);
      await assertBytes(blob.image(), pages(1), zeros());
      await assertBytes(blob.image(), pages(5, 8), zeros(3));
      await assertBytes(blob.image(), pages(2, 5), filled(1, 8).subarray(2 * PAGE, 5 * PAGE));
    });

    it('clears any length at once, also where nothing was', async () => {
      const blob = await createdBlob(use(), 1024 * MAX_WRITE);
      await writeAt(blob, 5, 1, 5);
      await writeAt(blob, 100 * MOST, 2);
      await blob.clearPages(pages(7, 1024 * MOST));
      assert.deepEqual(await allocatedIn(blob.image()), [pages(5, 7)]);
    });

    it('refuses clears that are no whole pages, empty, or beyond the end', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      await writeAt(blob, 0, 1, 4);
      await assertUnchanged(blob, async () => {
        await assertRefused(blob.clearPages({ start: 1, end: PAGE }), 'unaligned', 'badInput');
        await assertRefused(blob.clearPages({ start: 0, end: PAGE - 1 }), 'unaligned', 'badInput');
        await assertRefused(blob.clearPages(pages(1, 1)), 'unaligned', 'badInput');
        await assertRefused(blob.clearPages(pages(3, 5)), 'badInput');
      });
    });

    it('never gives fewer bytes than it was asked for', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      await writeAt(blob, 0, 1, 4);
      await assert.rejects(blob.image().read(pages(3, 5)));
      await assert.rejects(blob.image().read(pages(4, 5)));
    });

    it('lists many fragments in windows that tile what was asked for', async () => {
      const blob = await createdBlob(use(), 64 * PAGE);
      const fragments = Array.from({ length: 20 }, (_, at) => pages(3 * at, 3 * at + 2));
      for (const [at, { start }] of fragments.entries()) await blob.writePages(start, filled(at, 2));
      assert.deepEqual(await allocatedIn(blob.image()), fragments);
    });

    it('clips lists to the range that was asked for', async () => {
      const blob = await createdBlob(use(), 16 * PAGE);
      await writeAt(blob, 2, 1, 4);
      await writeAt(blob, 8, 1, 4);
      const image = blob.image();
      assert.deepEqual(await allocatedIn(image, pages(3, 9)), [pages(3, 6), pages(8, 9)]);
      assert.deepEqual(await allocatedIn(image, pages(6, 8)), []);
      assert.deepEqual(await allocatedIn(image, pages(9, 10)), [pages(9, 10)]);
      assert.deepEqual(await allocatedIn(image, pages(12, 16)), []);
    });

    it('lists pages written one by one as one range', async () => {
      const blob = await createdBlob(use(), 8 * PAGE);
      for (const page of [3, 1, 2]) await writeAt(blob, page, page);
      assert.deepEqual(await allocatedIn(blob.image()), [pages(1, 4)]);
    });

    it('gives a list of an empty range no window', async () => {
      const blob = await createdBlob(use(), 2 * PAGE);
      assert.deepEqual(await listed(blob.image().allocated(pages(1, 1)), pages(1, 1)), []);
    });

    it('changes the ETag with every kind of change', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      const etags: string[] = [];
      const changes = [
        () => writeAt(blob, 0, 1),
        () => blob.clearPages(pages(0)),
        () => blob.setMetadata({ a: 'b' }),
        () => blob.resize(8 * PAGE),
      ];
      for (const change of changes) {
        await change();
        etags.push((await blob.image().properties()).etag);
      }
      assert.equal(new Set(etags).size, changes.length);
    });

    it('takes writes of different pages at the same time', async () => {
      const blob = await createdBlob(use(), 32 * PAGE);
      await Promise.all(
        Array.from({ length: 32 }, (_, page) => (page % 4 === 3 ? blob.clearPages(pages(page)) : writeAt(blob, page, page))),
      );
      for (let page = 0; page < 32; page++) await assertBytes(blob.image(), pages(page), page % 4 === 3 ? zeros() : filled(page));
      assert.deepEqual(
        await allocatedIn(blob.image()),
        Array.from({ length: 8 }, (_, at) => pages(4 * at, 4 * at + 3)),
      );
    });
  });
}

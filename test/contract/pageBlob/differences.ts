import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { intersect } from '../../../src/engine/ranges/rangeSet.ts';
import { assertRefused, changedIn, firstOf, filled, listed, pages, writeAt } from './assertions.ts';
import { createdBlob } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

const MADE_UP = '2019-05-09T00:59:35.8508583Z';
const MARK = { run: 'r' };

export function differencesContract(use: UseFixture): void {
  describe('differences to an earlier snapshot', () => {
    it('lists what was written and cleared, and nothing else', async () => {
      const blob = await createdBlob(use(), 16 * PAGE);
      await writeAt(blob, 0, 1, 8);
      const before = await blob.createSnapshot(MARK);
      await writeAt(blob, 2, 2);
      await blob.clearPages(pages(4, 6));
      await writeAt(blob, 12, 3);
      assert.deepEqual(await changedIn(blob.image(), before), [pages(2), pages(4, 6), pages(12)]);
    });

    it('lists pages that were rewritten with the same bytes, and clears of pages that never were', async () => {
      const blob = await createdBlob(use(), 8 * PAGE);
      await writeAt(blob, 1, 1);
      const before = await blob.createSnapshot(MARK);
      await writeAt(blob, 1, 1);
      await blob.clearPages(pages(5));
      await writeAt(blob, 7, 1);
      await blob.clearPages(pages(7));
      assert.deepEqual(await changedIn(blob.image(), before), [pages(1), pages(5), pages(7)]);
    });

    it('is one between two snapshots, whatever came later', async () => {
      const blob = await createdBlob(use(), 8 * PAGE);
      const [a, b, c] = [await blob.createSnapshot(MARK), await step(1), await step(3)];
      await writeAt(blob, 5, 9);
      assert.deepEqual(await changedIn(blob.image(b), a), [pages(1)]);
      assert.deepEqual(await changedIn(blob.image(c), b), [pages(3)]);
      assert.deepEqual(await changedIn(blob.image(c), a), [pages(1), pages(3)]);
      assert.deepEqual(await changedIn(blob.image(), c), [pages(5)]);
      async function step(page: number): Promise<string> {
        await writeAt(blob, page, page);
        return blob.createSnapshot(MARK);
      }
    });

    it('is empty where no page was touched, also when the rest of the blob was', async () => {
      const blob = await createdBlob(use(), 8 * PAGE);
      await writeAt(blob, 0, 1, 8);
      const before = await blob.createSnapshot(MARK);
      await blob.setMetadata({ a: 'b' });
      await blob.raiseEpoch(3);
      await blob.acquireLease('6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f001', 60);
      assert.deepEqual(await changedIn(blob.image(), before), []);
      const after = await blob.createSnapshot(MARK);
      assert.deepEqual(await changedIn(blob.image(after), before), []);
    });

    it('comes in windows that tile what was asked for, clipped', async () => {
      const blob = await createdBlob(use(), 64 * PAGE);
      await writeAt(blob, 0, 1, 64);
      const before = await blob.createSnapshot(MARK);
      for (let page = 0; page < 60; page += 4)
        await (page % 8 === 0 ? blob.clearPages(pages(page, page + 2)) : writeAt(blob, page, page, 2));
      const image = blob.image(await blob.createSnapshot(MARK));
      const all = Array.from({ length: 15 }, (_, at) => pages(4 * at, 4 * at + 2));
      assert.deepEqual(await changedIn(image, before), all);
      assert.deepEqual(await changedIn(image, before, pages(5, 33)), [pages(5, 6), ...all.slice(2, 8), pages(32, 33)]);
      assert.deepEqual(await changedIn(image, before, pages(2, 4)), []);
      assert.deepEqual(await listed(image.changedSince(before, pages(4, 4)), pages(4, 4)), []);
    });

    it('knows written from cleared by the list of allocated pages alone', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      await writeAt(blob, 0, 1, 4);
      const before = await blob.createSnapshot(MARK);
      await blob.clearPages(pages(0, 2));
      await writeAt(blob, 1, 2);
      const image = blob.image(await blob.createSnapshot(MARK));
      const changed = await changedIn(image, before);
      assert.deepEqual(changed, [pages(0, 2)]);
      assert.deepEqual(intersect(changed, await listed(image.allocated(pages(0, 4)), pages(0, 4))), [pages(1)]);
    });

    it('refuses a previous snapshot that does not exist', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      const other = await createdBlob(use(), 4 * PAGE);
      const foreign = await other.createSnapshot(MARK);
      const deleted = await blob.createSnapshot(MARK);
      await writeAt(blob, 0, 1);
      const target = blob.image(await blob.createSnapshot(MARK));
      await blob.deleteSnapshot(deleted);
      for (const previous of [MADE_UP, foreign, deleted]) {
        await assertRefused(changedIn(target, previous), 'previousSnapshotNotFound');
        await assertRefused(changedIn(blob.image(), previous), 'previousSnapshotNotFound');
      }
    });

    it('refuses a previous snapshot that is the newer one', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      const older = await blob.createSnapshot(MARK);
      await writeAt(blob, 0, 1);
      const newer = await blob.createSnapshot(MARK);
      await assertRefused(changedIn(blob.image(older), newer), 'previousSnapshotNewer');
    });

    it('refuses a target that does not exist', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      const before = await blob.createSnapshot(MARK);
      await assertRefused(firstOf(blob.image(MADE_UP).changedSince(before, pages(0, 4))), 'snapshotNotFound');
    });

    it('does not reach across Put Blob, but holds on either side of it', async () => {
      const blob = await createdBlob(use(), 8 * PAGE);
      const a = await blob.createSnapshot(MARK);
      await writeAt(blob, 1, 1);
      const b = await blob.createSnapshot(MARK);
      await use().foreign.putBlobOver(blob.url, 8 * PAGE);
      await writeAt(blob, 2, 2);
      const c = await blob.createSnapshot(MARK);
      await writeAt(blob, 3, 3);
      const d = await blob.createSnapshot(MARK);
      await assertRefused(changedIn(blob.image(), b), 'blobOverwritten');
      await assertRefused(changedIn(blob.image(c), b), 'blobOverwritten');
      await assertRefused(changedIn(blob.image(d), a), 'blobOverwritten');
      assert.deepEqual(await changedIn(blob.image(b), a), [pages(1)]);
      assert.deepEqual(await changedIn(blob.image(d), c), [pages(3)]);
      assert.deepEqual((await ids(blob)).toSorted(), [a, b, c, d].toSorted());
    });

    it('does not find the snapshots of a blob that was deleted and made anew', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      const before = await blob.createSnapshot(MARK);
      await use().foreign.deleteBlob(blob.url);
      await blob.create(4 * PAGE, {});
      await assertRefused(changedIn(blob.image(), before), 'previousSnapshotNotFound');
      assert.deepEqual(await ids(blob), []);
    });

    it('lists touched pages that both lengths have, after the length changed', async () => {
      const blob = await createdBlob(use(), 8 * PAGE);
      await writeAt(blob, 0, 1, 8);
      const before = await blob.createSnapshot(MARK);
      await writeAt(blob, 1, 2);
      await blob.resize(4 * PAGE);
      await blob.resize(12 * PAGE);
      await writeAt(blob, 10, 3);
      const changed = await changedIn(blob.image(await blob.createSnapshot(MARK)), before);
      // Whether the pages that were cut off in between are listed is not known of the real service.
      assert.deepEqual(intersect(changed, [pages(0, 4)]), [pages(1)]);
      assert.deepEqual(intersect(changed, [pages(10)]), [pages(10)]);
    });

    it('is asked for with bytes of one snapshot only: a write between two windows does not show', async () => {
      const blob = await createdBlob(use(), 64 * PAGE);
      const before = await blob.createSnapshot(MARK);
      for (let page = 0; page < 32; page += 2) await blob.writePages(page * PAGE, filled(page));
      const image = blob.image(await blob.createSnapshot(MARK));
      const found: number[] = [];
      for await (const window of image.changedSince(before, pages(0, 64))) {
        await blob.clearPages(pages(0, 64));
        await writeAt(blob, 63, 1);
        found.push(...window.ranges.map(({ start }) => start / PAGE));
      }
      assert.deepEqual(
        found,
        Array.from({ length: 16 }, (_, at) => 2 * at),
      );
    });
  });
}

async function ids(blob: { snapshots(): AsyncIterable<{ readonly id: string }> }): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of blob.snapshots()) found.push(id);
  return found;
}

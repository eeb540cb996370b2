import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { isBackupError } from '../../../src/engine/errors.ts';
import type { CopyState, PageBlob } from '../../../src/engine/pageBlob.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { allocatedIn, assertBytes, assertRefused, assertUnchanged, filled, firstOf, pages, writeAt, zeros } from './assertions.ts';
import { createdBlob, freshName } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

const LOOKS = 200;

export function copiesContract(use: UseFixture): void {
  async function disk(): Promise<PageBlob> {
    const source = await createdBlob(use(), 8 * PAGE, 'source');
    await writeAt(source, 1, 1, 3);
    await source.writePages(6 * PAGE, zeros());
    return source;
  }

  describe('copies of whole blobs', () => {
    it('equal the snapshot they were made of, and take the metadata they were given', async () => {
      const source = await disk();
      const snapshot = await source.createSnapshot({ run: '1' });
      await writeAt(source, 1, 2, 7);
      const target = use().blob('backup', freshName());
      const started = await target.startCopy(source.image(snapshot), { restored: 'yes' });
      const done = await ended(target, started);
      assert.deepEqual(
        { ...done, description: undefined },
        { id: started.id, status: 'success', copied: 8 * PAGE, total: 8 * PAGE, description: undefined },
      );
      assert.deepEqual((await target.image().properties()).metadata, { restored: 'yes' });
      assert.deepEqual(await allocatedIn(target.image()), [pages(1, 4), pages(6)]);
      await assertBytes(target.image(), pages(0, 8), Buffer.concat([zeros(), filled(1, 3), zeros(4)]));
      assert.equal(await firstOf(target.snapshots()), undefined);
      await writeAt(target, 0, 3);
    });

    it('may be made of a base blob', async () => {
      const source = await disk();
      const target = use().blob('source', freshName());
      await ended(target, await target.startCopy(source.image(), { n: '1' }));
      await assertBytes(target.image(), pages(0, 8), Buffer.concat([zeros(), filled(1, 3), zeros(4)]));
      await writeAt(source, 0, 5);
      await assertBytes(target.image(), pages(0), zeros());
    });

    it('never replace a blob', async () => {
      const source = await disk();
      const target = await createdBlob(use(), 2 * PAGE, 'backup');
      await writeAt(target, 0, 8);
      await assertUnchanged(target, () => assertRefused(target.startCopy(source.image(), { n: '1' }), 'alreadyExists'));
    });

    it('take the place of the blob that is named by its ETag, and its snapshots stay', async () => {
      const blob = await disk();
      const snapshot = await blob.createSnapshot({ run: '1' });
      await writeAt(blob, 1, 2, 7);
      const later = await blob.createSnapshot({ run: '2' });
      const { etag } = await blob.image().properties();
      await ended(blob, await blob.startCopy(blob.image(snapshot), { n: '1' }, { replacing: etag }));
      await assertBytes(blob.image(), pages(0, 8), Buffer.concat([zeros(), filled(1, 3), zeros(4)]));
      assert.deepEqual((await blob.image().properties()).metadata, { n: '1' });
      await assertBytes(blob.image(later), pages(1, 8), filled(2, 7));
      await assertRefused(firstOf(blob.image().changedSince(later, pages(0, 8))), 'blobOverwritten');
    });

    it('leave a blob alone that has changed since its ETag was read', async () => {
      const blob = await disk();
      const snapshot = await blob.createSnapshot({ run: '1' });
      const { etag } = await blob.image().properties();
      await writeAt(blob, 0, 9);
      const refused = blob.startCopy(blob.image(snapshot), { n: '1' }, { replacing: etag });
      await assert.rejects(refused, (error: unknown) => isBackupError(error, 'alreadyExists', 'conditionNotMet'));
      await assertBytes(blob.image(), pages(0), filled(9));
    });

    it('need a source that is there, and else leave nothing behind', async () => {
      const source = await disk();
      const snapshot = await source.createSnapshot({ run: '1' });
      await source.deleteSnapshot(snapshot);
      const target = use().blob('backup', freshName());
      await assertRefused(target.startCopy(use().blob('source', freshName()).image(), { n: '1' }), 'copySourceRefused');
      await assertRefused(target.startCopy(source.image(snapshot), { n: '1' }), 'copySourceRefused');
      await assertRefused(target.image().properties(), 'blobNotFound');
    });

    it('need a container', async () => {
      const source = await disk();
      await assertRefused(use().blobInAbsentContainer().startCopy(source.image(), { n: '1' }), 'containerNotFound');
    });

    it('cannot be aborted when they are done, and stay whole', async () => {
      const source = await disk();
      const target = use().blob('backup', freshName());
      const started = await target.startCopy(source.image(), { n: '1' });
      await ended(target, started);
      await assertUnchanged(target, () => assertRefused(target.abortCopy(started.id), 'conditionNotMet'));
    });

    it('show how far they are, and let nobody in meanwhile', async (t) => {
      if (!(await slowly(use, t))) return;
      const source = await disk();
      const target = use().blob('backup', freshName());
      const started = await target.startCopy(source.image(await source.createSnapshot({ run: '1' })), { n: '1' });
      assert.equal(started.status, 'pending');
      await assertRefused(target.writePages(0, filled(1)), 'copyPending');
      await assertRefused(target.createSnapshot({ run: '1' }), 'copyPending');
      await assertRefused(firstOf(target.image().allocated(pages(0, 8))), 'copyPending');
      const { status, copied, total } = (await target.image().properties()).copy!;
      assert.deepEqual([status, total, copied < total], ['pending', 8 * PAGE, true]);
      await assertRefused(target.abortCopy('00000000-0000-4000-8000-000000000000'), 'conditionNotMet');
      assert.equal((await ended(target, started)).status, 'success');
      assert.deepEqual(await allocatedIn(target.image()), [pages(1, 4), pages(6)]);
    });

    it('leave the target empty when they are aborted', async (t) => {
      if (!(await slowly(use, t))) return;
      const source = await disk();
      const target = use().blob('backup', freshName());
      const started = await target.startCopy(source.image(), { n: '1' });
      await target.abortCopy(started.id);
      const { length, metadata, copy } = await target.image().properties();
      assert.deepEqual([length, metadata, copy?.id, copy?.status], [0, { n: '1' }, started.id, 'aborted']);
      await assertRefused(target.abortCopy(started.id), 'conditionNotMet');
    });
  });
}

/** Looks until the copy is not pending any more. */
async function ended(target: PageBlob, started: CopyState): Promise<CopyState> {
  let state: CopyState | undefined = started;
  for (let look = 0; look < LOOKS && (look === 0 || state?.status === 'pending'); look++) state = (await target.image().properties()).copy;
  assert.ok(state !== undefined && state.status !== 'pending', 'the copy ends');
  return state;
}

async function slowly(use: UseFixture, t: TestContext): Promise<boolean> {
  const { slowCopies } = use();
  if (!slowCopies) {
    t.skip('copies here are done at once');
    return false;
  }
  await slowCopies(true);
  t.after(() => slowCopies(false));
  return true;
}

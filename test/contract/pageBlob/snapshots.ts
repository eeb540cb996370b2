import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PageBlob, SnapshotInfo } from '../../../src/engine/pageBlob.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { allocatedIn, assertBytes, assertRefused, assertUnchanged, filled, firstOf, pages, writeAt, zeros } from './assertions.ts';
import { createdBlob, freshName } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

const MADE_UP = '2019-05-09T00:59:35.8508583Z';
const LEASE = '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f002';
const OTHER_LEASE = '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f003';

export function snapshotsContract(use: UseFixture): void {
  describe('snapshots', () => {
    it('never change, whatever becomes of the blob', async () => {
      const blob = await createdBlob(use(), 8 * PAGE);
      await writeAt(blob, 1, 1, 4);
      const image = blob.image(await blob.createSnapshot({ run: 'one' }));
      const check = async (): Promise<void> => {
        const { length, metadata, lease } = await image.properties();
        assert.deepEqual({ length, metadata, lease }, { length: 8 * PAGE, metadata: { run: 'one' }, lease: 'available' });
        assert.deepEqual(await allocatedIn(image), [pages(1, 5)]);
        await assertBytes(image, pages(0, 8), Buffer.concat([zeros(), filled(1, 4), zeros(3)]));
      };
      await check();
      await writeAt(blob, 0, 2, 3);
      await blob.clearPages(pages(3, 5));
      await blob.setMetadata({ run: 'two' });
      await blob.raiseEpoch(4);
      await check();
      await blob.resize(2 * PAGE);
      await blob.resize(16 * PAGE);
      await check();
      await use().foreign.putBlobOver(blob.url, 4 * PAGE);
      await check();
    });

    it("have exactly the metadata they were given, not the blob's", async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.setMetadata({ of_blob: 'x', shared: 'blob' });
      const id = await blob.createSnapshot({ shared: 'snapshot', run: '7' });
      assert.deepEqual((await blob.image(id).properties()).metadata, { shared: 'snapshot', run: '7' });
      assert.deepEqual((await blob.image().properties()).metadata, { of_blob: 'x', shared: 'blob' });
    });

    it('are named in their images', async () => {
      const blob = await createdBlob(use(), PAGE);
      const id = await blob.createSnapshot({ run: '1' });
      assert.equal(blob.image(id).snapshot, id);
      assert.equal(blob.image().snapshot, undefined);
      assert.ok(blob.image(id).label.includes(blob.image().label));
      assert.notEqual(blob.image(id).label, blob.image().label);
      assert.equal(blob.url.includes('?'), false);
    });

    it('are listed oldest first, with metadata and length', async () => {
      const blob = await createdBlob(use(), 2 * PAGE);
      assert.deepEqual(await all(blob), []);
      const expected: SnapshotInfo[] = [];
      for (let run = 1; run <= 5; run++) {
        const metadata = { run: String(run) };
        expected.push({ id: await blob.createSnapshot(metadata), metadata, length: (run + 1) * PAGE });
        await blob.resize((run + 2) * PAGE);
      }
      assert.equal(new Set(expected.map(({ id }) => id)).size, 5);
      assert.deepEqual(await all(blob), expected);
    });

    it('are those of exactly this blob, not of others whose name begins the same', async () => {
      const name = freshName();
      const blob = use().blob('source', name);
      await blob.create(PAGE, {});
      const id = await blob.createSnapshot({ of: 'blob' });
      for (const sibling of [`${name}x`, `${name}/x`, `${name}.vhd`, `${name}.chain/1`, `${name} 2`, `x/${name}`]) {
        const other = use().blob('source', sibling);
        await other.create(PAGE, {});
        await other.createSnapshot({ of: sibling.replaceAll(/\W/g, '_') });
        await other.createSnapshot({ of: sibling.replaceAll(/\W/g, '_') });
      }
      assert.deepEqual(
        (await all(blob)).map((snapshot) => snapshot.id),
        [id],
      );
      assert.equal((await all(use().blob('source', `${name}/x`))).length, 2);
      assert.deepEqual(await all(use().blob('backup', name)), []);
    });

    it('none of a blob that does not exist, and a refusal where there is no container', async () => {
      assert.deepEqual(await all(use().blob('source', freshName())), []);
      await assertRefused(firstOf(use().blobInAbsentContainer().snapshots()), 'containerNotFound');
    });

    it('are deleted one by one', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      await writeAt(blob, 1, 1);
      const [a, b, c] = [
        await blob.createSnapshot({ n: 'a' }),
        await blob.createSnapshot({ n: 'b' }),
        await blob.createSnapshot({ n: 'c' }),
      ];
      await assertUnchanged(blob, () => blob.deleteSnapshot(b));
      assert.deepEqual(
        (await all(blob)).map(({ id }) => id),
        [a, c],
      );
      await assertRefused(blob.image(b).properties(), 'snapshotNotFound');
      await assertRefused(blob.deleteSnapshot(b), 'snapshotNotFound');
      await assertBytes(blob.image(a), pages(1), filled(1));
    });

    it('that do not exist cannot be read or deleted', async () => {
      const blob = await createdBlob(use(), PAGE);
      const image = blob.image(MADE_UP);
      await assertRefused(image.properties(), 'snapshotNotFound');
      await assertRefused(image.length(), 'snapshotNotFound');
      await assertRefused(image.read(pages(0)), 'snapshotNotFound');
      await assertRefused(firstOf(image.allocated(pages(0))), 'snapshotNotFound');
      await assertUnchanged(blob, () => assertRefused(blob.deleteSnapshot(MADE_UP), 'snapshotNotFound'));
    });

    it('of a leased blob need no lease id, but a wrong one is refused', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.acquireLease(LEASE, 60);
      const free = await blob.createSnapshot({ n: '1' });
      const named = await blob.createSnapshot({ n: '2' }, { fence: { leaseId: LEASE } });
      await assertRefused(blob.createSnapshot({ n: '3' }, { fence: { leaseId: OTHER_LEASE } }), 'leaseHeld', 'leaseLost');
      assert.deepEqual(
        (await all(blob)).map(({ id }) => id),
        [free, named],
      );
      await blob.deleteSnapshot(free, { fence: { leaseId: LEASE } });
      assert.deepEqual(
        (await all(blob)).map(({ id }) => id),
        [named],
      );
    });

    it('with a lease id are refused once the lease is gone', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.acquireLease(LEASE, 60);
      await blob.releaseLease(LEASE);
      await assertRefused(blob.createSnapshot({ n: '1' }, { fence: { leaseId: LEASE } }), 'leaseLost');
      assert.deepEqual(await all(blob), []);
    });
  });
}

async function all(blob: PageBlob): Promise<SnapshotInfo[]> {
  const found: SnapshotInfo[] = [];
  for await (const snapshot of blob.snapshots()) found.push(snapshot);
  return found;
}

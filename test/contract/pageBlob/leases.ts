import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { PageBlob, WriteOptions } from '../../../src/engine/pageBlob.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { allocatedIn, assertBytes, assertRefused, assertUnchanged, filled, pages, writeAt } from './assertions.ts';
import { createdBlob, freshName } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

const A = '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f00a';
const B = '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f00b';

export function leasesContract(use: UseFixture): void {
  const write = (blob: PageBlob, leaseId?: string): Promise<void> => blob.writePages(0, filled(8), { fence: { leaseId } });

  describe('leases', () => {
    it('are held by one id, which may ask again', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.acquireLease(A, 60);
      const { lease, leaseDuration } = await blob.image().properties();
      assert.deepEqual({ lease, leaseDuration }, { lease: 'leased', leaseDuration: 'fixed' });
      await blob.acquireLease(A, 60);
      await assertRefused(blob.acquireLease(B, 60), 'busy');
      await write(blob, A);
    });

    it('may be infinite', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.acquireLease(A, -1);
      const { lease, leaseDuration } = await blob.image().properties();
      assert.deepEqual({ lease, leaseDuration }, { lease: 'leased', leaseDuration: 'infinite' });
      await assertRefused(write(blob), 'leaseHeld');
    });

    it('keep out every change that does not name them', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      const source = await createdBlob(use(), 4 * PAGE, 'backup');
      await writeAt(source, 0, 1, 4);
      await writeAt(blob, 1, 1);
      await blob.acquireLease(A, 60);
      const changes: ((options: WriteOptions) => Promise<void>)[] = [
        (options) => blob.writePages(0, filled(2), options),
        (options) => blob.writePagesFrom(source.image(), pages(0), options),
        (options) => blob.clearPages(pages(1), options),
        (options) => blob.resize(8 * PAGE, options),
        (options) => blob.raiseEpoch(9, options),
        (options) => blob.setMetadata({ a: 'b' }, options),
      ];
      await assertUnchanged(blob, async () => {
        for (const change of changes) {
          await assertRefused(change({}), 'leaseHeld');
          await assertRefused(change({ fence: { leaseId: B } }), 'leaseHeld', 'leaseLost');
        }
      });
      for (const change of changes) await change({ fence: { leaseId: A } });
      const { length, sequenceNumber, metadata } = await blob.image().properties();
      assert.deepEqual({ length, sequenceNumber, metadata }, { length: 8 * PAGE, sequenceNumber: 9, metadata: { a: 'b' } });
    });

    it('keep nobody from reading', async () => {
      const blob = await createdBlob(use(), PAGE);
      await write(blob);
      await blob.acquireLease(A, 60);
      await assertBytes(blob.image(), pages(0), filled(8));
      assert.deepEqual(await allocatedIn(blob.image()), [pages(0)]);
    });

    it('end when they are released', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.acquireLease(A, 60);
      await assertRefused(blob.releaseLease(B), 'leaseLost');
      await blob.releaseLease(A);
      assert.equal((await blob.image().properties()).lease, 'available');
      await assertUnchanged(blob, () => assertRefused(write(blob, A), 'leaseLost'));
      await assertRefused(blob.releaseLease(A), 'leaseLost');
      await assertRefused(blob.renewLease(A), 'leaseLost');
      await write(blob);
      await blob.acquireLease(B, 60);
      await write(blob, B);
    });

    it('are renewed by their own id only', async () => {
      const blob = await createdBlob(use(), PAGE);
      await assertRefused(blob.renewLease(A), 'leaseLost');
      await blob.acquireLease(A, 60);
      await blob.renewLease(A);
      await assertRefused(blob.renewLease(B), 'leaseLost');
      await write(blob, A);
    });

    it('may change their id', async () => {
      const blob = await createdBlob(use(), PAGE);
      await assertRefused(blob.changeLease(A, B), 'leaseLost');
      await blob.acquireLease(A, 60);
      await blob.changeLease(A, B);
      await assertRefused(write(blob, A), 'leaseHeld', 'leaseLost');
      await assertRefused(blob.renewLease(A), 'leaseLost');
      await write(blob, B);
      await blob.renewLease(B);
      await assertRefused(blob.changeLease(A, '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f00c'), 'leaseLost');
      await blob.releaseLease(B);
    });

    it('that somebody broke are lost', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.acquireLease(A, 60);
      await use().foreign.breakLease(blob.url);
      assert.equal((await blob.image().properties()).lease, 'broken');
      await assertRefused(write(blob, A), 'leaseLost');
      await assertRefused(blob.renewLease(A), 'leaseLost');
      await assertRefused(blob.changeLease(A, B), 'leaseLost');
      await write(blob);
      await blob.acquireLease(B, 60);
      await write(blob, B);
    });

    it('of one blob say nothing of another', async () => {
      const [one, other] = [await createdBlob(use(), PAGE), await createdBlob(use(), PAGE)];
      await one.acquireLease(A, 60);
      await other.acquireLease(B, 60);
      await assertRefused(write(other, A), 'leaseHeld', 'leaseLost');
      await write(other, B);
    });

    it('need a blob', async () => {
      const blob = use().blob('source', freshName());
      await assertRefused(blob.acquireLease(A, 60), 'blobNotFound');
      await assertRefused(blob.renewLease(A), 'blobNotFound');
      await assertRefused(blob.releaseLease(A), 'blobNotFound');
      await assertRefused(blob.changeLease(A, B), 'blobNotFound');
      await assertRefused(use().blobInAbsentContainer().acquireLease(A, 60), 'containerNotFound');
    });

    it('run out, and then anybody may write or take one', async (t) => {
      const advance = clockOf(use, t);
      if (!advance) return;
      const blob = await createdBlob(use(), PAGE);
      await blob.acquireLease(A, 30);
      await advance(29_000);
      await assertRefused(write(blob), 'leaseHeld');
      await blob.renewLease(A);
      await advance(29_000);
      await assertRefused(write(blob), 'leaseHeld');
      await advance(2_000);
      assert.equal((await blob.image().properties()).lease, 'expired');
      await assertUnchanged(blob, () => assertRefused(write(blob, A), 'leaseLost'));
      await assertRefused(blob.changeLease(A, B), 'leaseLost');
      await blob.acquireLease(B, 60);
      await assertRefused(blob.renewLease(A), 'leaseLost');
      await assertRefused(write(blob, A), 'leaseLost', 'leaseHeld');
      await write(blob, B);
    });

    it('that ran out can be renewed while nobody touched the blob', async (t) => {
      const advance = clockOf(use, t);
      if (!advance) return;
      const blob = await createdBlob(use(), 4 * PAGE);
      await blob.acquireLease(A, 15);
      await blob.writePages(0, filled(1), { fence: { leaseId: A } });
      await advance(3_600_000);
      await blob.image().read(pages(0));
      await blob.createSnapshot({ n: '1' });
      await blob.renewLease(A);
      assert.equal((await blob.image().properties()).lease, 'leased');
      await write(blob, A);
      await assertRefused(write(blob), 'leaseHeld');
    });

    it('that ran out cannot be renewed once somebody changed the blob', async (t) => {
      const advance = clockOf(use, t);
      if (!advance) return;
      const touches: ((blob: PageBlob) => Promise<void>)[] = [
        (blob) => blob.writePages(PAGE, filled(1)),
        (blob) => blob.clearPages(pages(0)),
        (blob) => blob.setMetadata({ a: 'b' }),
        (blob) => blob.raiseEpoch(2),
        (blob) => blob.resize(8 * PAGE),
      ];
      for (const touch of touches) {
        const blob = await createdBlob(use(), 4 * PAGE);
        await blob.acquireLease(A, 15);
        await advance(16_000);
        await touch(blob);
        await assertRefused(blob.renewLease(A), 'leaseLost');
        await assertRefused(write(blob, A), 'leaseLost');
      }
    });

    it('that ran out cannot be renewed once somebody else had one', async (t) => {
      const advance = clockOf(use, t);
      if (!advance) return;
      const blob = await createdBlob(use(), PAGE);
      await blob.acquireLease(A, 15);
      await advance(16_000);
      await blob.acquireLease(B, 15);
      await blob.releaseLease(B);
      await assertRefused(blob.renewLease(A), 'leaseLost');
    });
  });
}

function clockOf(use: UseFixture, t: TestContext): ((ms: number) => Promise<void>) | undefined {
  const { advance } = use();
  if (!advance) t.skip("this service's clock cannot be driven");
  return advance;
}

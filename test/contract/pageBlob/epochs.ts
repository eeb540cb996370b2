import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PageBlob, WriteOptions } from '../../../src/engine/pageBlob.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { assertRefused, assertUnchanged, filled, pages, writeAt } from './assertions.ts';
import { createdBlob, freshName } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

const LEASE = '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f011';

export function epochsContract(use: UseFixture): void {
  describe('epochs', () => {
    it('only rise', async () => {
      const blob = await createdBlob(use(), PAGE);
      const raised: number[] = [];
      for (const epoch of [5, 3, 5, 6, 2 ** 40, 7]) {
        await blob.raiseEpoch(epoch);
        raised.push((await blob.image().properties()).sequenceNumber);
      }
      assert.deepEqual(raised, [5, 5, 5, 6, 2 ** 40, 2 ** 40]);
    });

    it('refuse page writes of another epoch, older or newer', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      const source = await createdBlob(use(), 4 * PAGE, 'backup');
      await writeAt(source, 0, 3, 4);
      await writeAt(blob, 1, 1);
      await blob.raiseEpoch(4);
      const writes: ((options: WriteOptions) => Promise<void>)[] = [
        (options) => blob.writePages(0, filled(2), options),
        (options) => blob.writePagesFrom(source.image(), pages(2), options),
        (options) => blob.clearPages(pages(1), options),
      ];
      await assertUnchanged(blob, async () => {
        for (const epoch of [0, 3, 5]) for (const write of writes) await assertRefused(write({ fence: { epoch } }), 'epochMoved');
      });
      for (const write of writes) await write({ fence: { epoch: 4 } });
    });

    it('of zero are an epoch too', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.writePages(0, filled(1), { fence: { epoch: 0 } });
      await blob.raiseEpoch(1);
      await assertUnchanged(blob, () => assertRefused(blob.writePages(0, filled(2), { fence: { epoch: 0 } }), 'epochMoved'));
      await blob.writePages(0, filled(2));
    });

    it('and leases are both asked for', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.acquireLease(LEASE, 60);
      await blob.raiseEpoch(2, { fence: { leaseId: LEASE } });
      const write = (fence: WriteOptions['fence']): Promise<void> => blob.writePages(0, filled(1), { fence });
      await assertUnchanged(blob, async () => {
        await assertRefused(write({ epoch: 2 }), 'leaseHeld');
        await assertRefused(write({ leaseId: LEASE, epoch: 1 }), 'epochMoved');
      });
      await write({ leaseId: LEASE, epoch: 2 });
    });

    it('begin again when the blob is overwritten', async () => {
      const blob = await createdBlob(use(), PAGE);
      await blob.raiseEpoch(7);
      await use().foreign.putBlobOver(blob.url, PAGE);
      await assertUnchanged(blob, () => assertRefused(blob.writePages(0, filled(1), { fence: { epoch: 7 } }), 'epochMoved'));
    });

    it('need a blob', async () => {
      const blob: PageBlob = use().blob('source', freshName());
      await assertRefused(blob.raiseEpoch(1), 'blobNotFound');
    });
  });
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../src/engine/errors.ts';
import type { CallOptions, PageBlob } from '../../../src/engine/pageBlob.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { assertRefused, assertUnchanged, filled, firstOf, pages, writeAt } from './assertions.ts';
import { createdBlob, freshName } from './fixture.ts';
import type { UseFixture } from './fixture.ts';

const LEASE = '6f1d4f9e-2a53-4a2e-9f5b-0d6a64f4f021';
const MADE_UP = '2019-05-09T00:59:35.8508583Z';

type Step = (blob: PageBlob, options: CallOptions) => Promise<unknown>;

/** One call of every method that needs the blob. */
const STEPS: Readonly<Record<string, Step>> = {
  length: (blob, options) => blob.image().length(options),
  properties: (blob, options) => blob.image().properties(options),
  read: (blob, options) => blob.image().read(pages(0), options),
  allocated: (blob, options) => firstOf(blob.image().allocated(pages(0), options)),
  changedSince: (blob, options) => firstOf(blob.image().changedSince(MADE_UP, pages(0), options)),
  resize: (blob, options) => blob.resize(PAGE, options),
  writePages: (blob, options) => blob.writePages(0, filled(1), options),
  clearPages: (blob, options) => blob.clearPages(pages(0), options),
  raiseEpoch: (blob, options) => blob.raiseEpoch(9, options),
  setMetadata: (blob, options) => blob.setMetadata({ a: 'b' }, options),
  createSnapshot: (blob, options) => blob.createSnapshot({ a: 'b' }, options),
  acquireLease: (blob, options) => blob.acquireLease(LEASE, 60, options),
  renewLease: (blob, options) => blob.renewLease(LEASE, options),
  changeLease: (blob, options) => blob.changeLease(LEASE, LEASE.replace('6f', '7f'), options),
  releaseLease: (blob, options) => blob.releaseLease(LEASE, options),
};

/** Methods that Azure refuses on a block blob as it does on none. */
const NOT_FOR_BLOCK_BLOBS = ['length', 'properties', 'allocated', 'resize', 'writePages', 'clearPages'];

export function failuresContract(use: UseFixture): void {
  describe('what cannot be done', () => {
    for (const [name, step] of Object.entries(STEPS)) {
      it(`${name}: says that the blob or its container does not exist`, async () => {
        await assertRefused(step(use().blob('source', freshName()), {}), 'blobNotFound');
        await assertRefused(step(use().blobInAbsentContainer(), {}), 'containerNotFound');
      });
    }

    for (const name of NOT_FOR_BLOCK_BLOBS) {
      it(`${name}: says that a block blob is no page blob`, async () => {
        const blob = use().blob('source', freshName());
        await use().foreign.createBlockBlob(blob.url, 'x'.repeat(PAGE));
        await assertRefused(STEPS[name]!(blob, {}), 'notPageBlob');
      });
    }

    it('deleteSnapshot: says what does not exist', async () => {
      await assertRefused(use().blob('source', freshName()).deleteSnapshot(MADE_UP), 'snapshotNotFound', 'blobNotFound');
      await assertRefused(use().blobInAbsentContainer().deleteSnapshot(MADE_UP), 'containerNotFound');
    });
  });

  describe('a signal that is aborted', () => {
    const aborted = (): CallOptions => ({ signal: AbortSignal.abort() });

    for (const [name, step] of Object.entries(STEPS)) {
      it(`${name}: stops before it does anything`, async () => {
        const blob = await createdBlob(use(), PAGE);
        await assertUnchanged(blob, () => assertCancelled(step(blob, aborted())));
        assert.equal(await firstOf(blob.snapshots()), undefined);
      });
    }

    it('stops the rest: creation, copies, deletions, lists, records', async () => {
      const absent = use().blob('backup', freshName());
      const blob = await createdBlob(use(), 4 * PAGE);
      const id = await blob.createSnapshot({ n: '1' });
      const records = use().records(freshName('records'));
      await assertCancelled(absent.create(PAGE, {}, aborted()));
      await assertCancelled(absent.startCopy(blob.image(), { n: '1' }, aborted()));
      await assertCancelled(blob.writePagesFrom(blob.image(id), pages(0), aborted()));
      await assertCancelled(blob.abortCopy('00000000-0000-4000-8000-000000000000', aborted()));
      await assertCancelled(blob.deleteSnapshot(id, aborted()));
      await assertCancelled(firstOf(blob.snapshots(aborted())));
      await assertCancelled(records.list(aborted()));
      await assertCancelled(records.read('1.json', aborted()));
      await assertCancelled(records.create('1.json', '{}', aborted()));
      await assertRefused(absent.image().properties(), 'blobNotFound');
      assert.equal((await firstOf(blob.snapshots()))?.id, id);
      assert.deepEqual(await records.list(), []);
    });

    it('stops a call under way, whose effect stays open', async () => {
      const blob = await createdBlob(use(), 4 * PAGE);
      for (let round = 0; round < 10; round++) {
        const controller = new AbortController();
        const call = blob.writePages(0, filled(round), { signal: controller.signal });
        controller.abort();
        await assertCancelled(call);
      }
      await writeAt(blob, 1, 1);
    });

    it('that is aborted after a call has ended changes nothing', async () => {
      const blob = await createdBlob(use(), PAGE);
      const controller = new AbortController();
      await blob.writePages(0, filled(1), { signal: controller.signal });
      await assertUnchanged(blob, async () => controller.abort());
    });
  });
}

async function assertCancelled(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error: unknown) => isBackupError(error, 'cancelled'));
}

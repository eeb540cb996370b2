import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError, isBackupError, type ErrorCode } from '../../../../src/engine/errors.ts';
import { originOf } from '../../../../src/engine/jobs/diff/imageOrigin.ts';
import type { RecordStore } from '../../../../src/engine/recordStore.ts';
import { DISK, stage } from '../../../support/engine/stage.ts';

/** A catalogue that fails; counts how often it was asked. */
function failing(code: ErrorCode): RecordStore & { asked: number } {
  const fail = async (): Promise<never> => {
    store.asked++;
    throw new BackupError(code, 'Not now.');
  };
  const store = { url: 'memory', asked: 0, list: fail, read: fail, create: fail } as unknown as RecordStore & { asked: number };
  return store;
}

describe('the origin of an image', () => {
  it('is the snapshot and the last change; the catalogue is asked only of snapshots that bear the mark of a chain', async () => {
    const all = stage();
    const options = { world: all.world };
    const catalogue = failing('accessDenied');
    const plain = all.service.foreign.snapshot(DISK);
    const [now, snapshot] = [
      await originOf(all.blob.image(), catalogue, options),
      await originOf(all.blob.image(plain), catalogue, options),
    ];
    assert.deepEqual([now.snapshot, now.point, typeof now.lastModified], [undefined, undefined, 'string']);
    assert.deepEqual([snapshot.snapshot, snapshot.point], [plain, undefined]);
    assert.equal(catalogue.asked, 0);
  });

  it('has no recovery point where the catalogue cannot be read, and stops where the user stopped', async () => {
    const all = stage();
    const options = { world: all.world };
    const marked = await all.blob.createSnapshot({ pbb_chain: 'a chain' });
    const refused = failing('accessDenied');
    assert.equal((await originOf(all.blob.image(marked), refused, options)).point, undefined);
    assert.equal(refused.asked, 1);
    assert.equal((await originOf(all.blob.image(marked), undefined, options)).point, undefined);
    await assert.rejects(originOf(all.blob.image(marked), failing('cancelled'), options), (error) => isBackupError(error, 'cancelled'));
  });
});

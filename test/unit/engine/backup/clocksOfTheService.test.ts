import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { chainWithOnePoint, changeDisk, newestEqualsDisk } from '../../../support/chain/chainViews.ts';
import { BACKUP, MemoryChain, SOURCE } from '../../../support/chain/memoryChain.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';

/** From now on the snapshots of this blob get the id of the last one, which they replace. */
function stopTheClockOf(chain: MemoryChain, url: string): void {
  chain.service.interceptor = (call) => {
    if (call.operation === 'createSnapshot') chain.service.switches.snapshotIds = call.url === url ? 'stuck' : 'growing';
    return undefined;
  };
}

describe('snapshot ids that are equal or out of order', () => {
  it('later snapshots have smaller ids: the order is that of the catalogue, and every point is the disk of its time', async () => {
    const chain = new MemoryChain({ switches: { snapshotIds: 'backwards' } });
    changeDisk(chain);
    const kinds: string[] = [];
    for (let value = 1; value <= 4; value++) {
      chain.write(value, value, 2);
      kinds.push((await chain.backup({ proof: 'changed' })).kind);
      assert.deepEqual(await chain.faults(), []);
      assert.equal(await newestEqualsDisk(chain), undefined);
    }
    const ids = (await chain.entries()).map(({ backup }) => backup.snapshot);
    assert.deepEqual(ids, ids.toSorted().toReversed(), 'each id is smaller than the one before');
    assert.deepEqual(kinds, ['full', 'rebase', 'rebase', 'rebase'], 'the service refuses such differences');
  });

  it('the snapshot of the disk gets the id of the anchor: its difference to itself is empty, and is not believed', async () => {
    for (const proof of ['ranges', 'sample', 'changed'] as const) {
      const chain = await chainWithOnePoint();
      // The same pages are allocated as before: no list tells that their bytes have changed.
      const [held] = chain.service.allocatedOf(SOURCE);
      stopTheClockOf(chain, SOURCE);
      chain.write(held!.start / PAGE, 201);
      const { kind } = await chain.backup({ proof });
      assert.equal(kind, 'rebase');
      assert.equal(await newestEqualsDisk(chain), undefined, proof);
    }
  });

  it('the backup snapshot gets the id of the newest point: it is not committed as another one', async () => {
    const chain = await chainWithOnePoint();
    stopTheClockOf(chain, BACKUP);
    changeDisk(chain);
    await assert.rejects(chain.backup(), (error) => isBackupError(error, 'integrity'));
    assert.equal((await chain.entries()).length, 1);
  });
});

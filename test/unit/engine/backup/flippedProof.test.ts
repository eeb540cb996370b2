import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chainWithOnePoint, liveSnapshots, newestEqualsDisk } from '../../../support/chain/chainViews.ts';
import { BACKUP } from '../../../support/chain/memoryChain.ts';
import { Crash } from '../../../support/memory/faults.ts';

describe('a backup snapshot that looked wrong because a bit flipped on the way here', () => {
  it('is not looked for again by the run that goes on, which commits another one', async () => {
    const chain = await chainWithOnePoint();
    // One page, so that whatever bit flips is one that is compared.
    chain.write(2, 9);
    // What differs is read a second time before it is believed.
    let flips = 2;
    let lastTaken = '';
    chain.service.interceptor = ({ operation, url, snapshot }) => {
      if (url !== BACKUP) return undefined;
      if (operation === 'read' && snapshot !== undefined && flips > 0) {
        flips--;
        lastTaken = liveSnapshots(chain, BACKUP).at(-1)!.id;
        return { kind: 'flip' };
      }
      // Dies when it has written down that the snapshot is wrong.
      const isNoted = flips === 0 && operation === 'setMetadata';
      return isNoted ? { kind: 'crash', effect: 'done' } : undefined;
    };
    await assert.rejects(chain.backup({ transfer: 'relay', proof: 'changed' }), Crash);
    chain.service.interceptor = undefined;
    chain.world.jump(61_000);

    const { recoveryPoint, number } = await chain.backup({ transfer: 'relay', proof: 'changed' });
    assert.notEqual(recoveryPoint, lastTaken);
    assert.equal(number, 2);
    assert.equal(await newestEqualsDisk(chain), undefined);
    assert.ok(!liveSnapshots(chain, BACKUP).some(({ id }) => id === lastTaken), 'what did not count is thrown away');
  });
});

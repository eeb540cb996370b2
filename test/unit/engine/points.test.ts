import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Catalogue } from '../../../src/engine/chain/catalogue.ts';
import { isBackupError } from '../../../src/engine/errors.ts';
import { listPoints } from '../../../src/engine/jobs/points/points.ts';
import { toolsFor } from '../../../src/engine/tools.ts';
import { chainWithOnePoint } from '../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, MemoryChain } from '../../support/chain/memoryChain.ts';

const list = ({ service, world }: MemoryChain, place = CATALOGUE) =>
  listPoints({ backup: service.pageBlob(BACKUP), catalogue: service.recordStore(place) }, { world });
const points = async (chain: MemoryChain) => (await list(chain)).points.map(({ entry, state }) => `${entry.number} ${state}`);

async function chainOfThree(): Promise<MemoryChain> {
  const chain = await chainWithOnePoint();
  for (const value of [10, 11]) {
    chain.write(1, value);
    await chain.backup();
  }
  return chain;
}

describe('points', () => {
  it('lists the catalogued ones and no other snapshot, newest first', async () => {
    const chain = await chainOfThree();
    chain.service.foreign.snapshot(BACKUP);
    assert.deepEqual(await points(chain), ['3 good', '2 good', '1 good']);
  });

  it('says which are missing and which a verification found wrong', async () => {
    const chain = await chainOfThree();
    const [first] = await chain.entries();
    chain.service.foreign.deleteSnapshot(BACKUP, first!.backup.snapshot);
    const { retrier } = toolsFor({ world: chain.world });
    await new Catalogue(chain.service.recordStore(CATALOGUE), retrier).addProof(2, false, 'v', {});
    assert.deepEqual(await points(chain), ['3 good', '2 failed', '1 missing']);
  });

  it('all are missing where the backup blob is gone with its snapshots', async () => {
    const chain = await chainOfThree();
    chain.service.foreign.deleteBlob(BACKUP);
    assert.deepEqual(await points(chain), ['3 missing', '2 missing', '1 missing']);
  });

  it('none on a backup blob without a chain; no blob and no catalogue is an error', async () => {
    const chain = new MemoryChain();
    await assert.rejects(points(chain), (error) => isBackupError(error, 'blobNotFound'));
    chain.service.foreign.createBlob(BACKUP, 0);
    assert.deepEqual(await points(chain), []);
  });

  it('a chain whose catalogue lies in another place is told apart from one without points', async () => {
    const chain = await chainOfThree();
    await assert.rejects(
      list(chain, `${CATALOGUE}-elsewhere`),
      (error) => isBackupError(error, 'blobNotFound') && /catalogue is not at .*elsewhere.*--catalogue/.test(error.fullText),
    );
    const begun = chain.service.recordStore(`${CATALOGUE}-elsewhere`);
    await begun.create('chain.json', '{}');
    assert.deepEqual((await list(chain, `${CATALOGUE}-elsewhere`)).points, [], 'the first run has not ended');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Catalogue } from '../../../../src/engine/chain/catalogue.ts';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { resultOf } from '../../../../src/engine/events.ts';
import { warningOf } from '../../../../src/engine/jobs/restore/point.ts';
import { planRestoreToBlob, runRestoreToBlob } from '../../../../src/engine/jobs/restore/restoreToBlob.ts';
import { toolsFor } from '../../../../src/engine/tools.ts';
import { chainWithOnePoint } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE } from '../../../support/chain/memoryChain.ts';

const TARGET = 'https://disks.example/vhds/restored.vhd';

describe('a recovery point that a later verification found wrong', () => {
  async function scene() {
    const chain = await chainWithOnePoint();
    const { service } = chain;
    const [entry] = await chain.entries();
    const catalogue = service.recordStore(CATALOGUE);
    const request = { backup: service.pageBlob(BACKUP), catalogue, point: entry!.backup.snapshot, target: service.pageBlob(TARGET) };
    const find = () => new Catalogue(catalogue, toolsFor(chain).retrier).addProof(1, false, 'v', {});
    return { chain, request, find };
  }

  it('is refused, with the way round', async () => {
    const { chain, request, find } = await scene();
    await find();
    await assert.rejects(
      planRestoreToBlob(request, chain),
      (error) => isBackupError(error, 'integrity') && /found wrong .*--even-if-failed/.test(error.fullText),
    );
  });

  it('is restored as it is when that is asked for, and people are warned', async () => {
    const { chain, request, find } = await scene();
    const wanted = { ...request, evenIfFailed: true };
    assert.equal(await warningOf(wanted, chain), undefined);
    await find();
    assert.match((await warningOf(wanted, chain))!, /^Recovery point 1 was found wrong by a later verification, and is restored as it is/);
    const { recoveryPoint } = await resultOf(runRestoreToBlob(await planRestoreToBlob(wanted, chain), wanted, chain));
    assert.equal(recoveryPoint, request.point);
    assert.equal(chain.service.oracle.differenceOf({ url: TARGET }, { url: BACKUP, snapshot: request.point }), undefined);
  });
});

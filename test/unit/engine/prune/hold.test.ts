import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { holdPoint, releasePoint } from '../../../../src/engine/jobs/prune/holdPoint.ts';
import { BACKUP, CATALOGUE, type MemoryChain } from '../../../support/chain/memoryChain.ts';
import { chainOfHalfDays, deletedSnapshots, pointsAreTrue, prune, standings } from '../../../support/chain/pruning.ts';
import { beforeNthCall } from '../../../support/engine/faultPlans.ts';

function requestFor({ service }: MemoryChain, point: string) {
  const client = service.client('process hold');
  return { backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE), point };
}

describe('a hold on a point', () => {
  it('keeps it from every prune until it is released, and can be put on twice', async () => {
    const chain = await chainOfHalfDays(4);
    const [, second] = await chain.entries();
    const request = requestFor(chain, second!.backup.snapshot);
    assert.deepEqual(await holdPoint(request, chain), {
      job: 'hold',
      number: 2,
      recoveryPoint: second!.backup.snapshot,
      held: true,
      already: false,
    });
    assert.equal((await holdPoint(request, chain)).already, true);
    await prune(chain, { last: 1 });
    assert.deepEqual(await standings(chain), ['4 good', '3 pruned', '2 good held', '1 pruned']);
    assert.equal((await releasePoint(request, chain)).already, false);
    assert.equal((await releasePoint(request, chain)).already, true);
    await prune(chain, { last: 1 });
    assert.deepEqual(await standings(chain), ['4 good', '3 pruned', '2 pruned', '1 pruned']);
  });

  it('is refused for what is no point, and for one that was pruned', async () => {
    const chain = await chainOfHalfDays(3);
    const [first] = await chain.entries();
    await prune(chain, { last: 1 });
    await assert.rejects(holdPoint(requestFor(chain, first!.backup.snapshot), chain), (error) => isBackupError(error, 'snapshotNotFound'));
    const foreign = chain.service.foreign.snapshot(BACKUP);
    await assert.rejects(holdPoint(requestFor(chain, foreign), chain), (error) => isBackupError(error, 'notOurs'));
    await assert.rejects(releasePoint(requestFor(chain, foreign), chain), (error) => isBackupError(error, 'notOurs'));
  });

  it('and a prune at the same time: one of them gives way, whoever comes between at any call', async () => {
    const outcomes = new Set<string>();
    for (let at = 0, isOver = false; !isOver; at++) {
      const chain = await chainOfHalfDays(2);
      const [first] = await chain.entries();
      let holding: Promise<string> | undefined;
      chain.service.interceptor = beforeNthCall(at, () => {
        holding = holdPoint(requestFor(chain, first!.backup.snapshot), chain).then(
          () => 'held',
          (error: unknown) => (isBackupError(error, 'snapshotNotFound') ? 'refused' : String(error)),
        );
      });
      await prune(chain, { last: 1 });
      chain.service.interceptor = undefined;
      isOver = holding === undefined;
      const outcome = await holding;
      const deleted = deletedSnapshots(chain).length === 1;
      if (outcome !== undefined) outcomes.add(`${outcome}, ${deleted ? 'deleted' : 'there'}`);
      assert.ok(!(outcome === 'held' && deleted), `a held point was deleted, with the hold before call ${at}`);
      await pointsAreTrue(chain, `with the hold before call ${at}`);
    }
    assert.ok(outcomes.has('held, there') && outcomes.has('refused, deleted'), [...outcomes].join('; '));
  });
});

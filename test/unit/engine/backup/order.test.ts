import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callsDuring, changeDisk, chainWithOnePoint, isPageWrite, stepOf, trespasses } from '../../../support/chain/chainViews.ts';
import { BACKUP, SOURCE } from '../../../support/chain/memoryChain.ts';
import type { CallRecord } from '../../../support/memory/calls.ts';

async function incremental() {
  const chain = await chainWithOnePoint();
  const anchor = (await chain.entries())[0]!.source.snapshot;
  changeDisk(chain);
  const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'relay', proof: 'changed' }));
  const first = (step: string, select: (call: CallRecord) => boolean = () => true) => {
    const found = calls.findIndex((call) => stepOf(call) === step && select(call));
    assert.ok(found >= 0, `${step} is one of the calls`);
    return found;
  };
  const last = (step: string) => {
    first(step);
    return calls.findLastIndex((call) => stepOf(call) === step);
  };
  return { chain, anchor, result, calls, first, last };
}

describe('law 3: the order of a run', () => {
  it('lease, epoch, source snapshot, differences, resize, pages, backup snapshot, its proof, entry, and only then the old anchor', async () => {
    const { first, last, result, anchor } = await incremental();
    const ofC = ({ snapshot }: CallRecord) => snapshot === result.recoveryPoint;
    const order: (readonly [string, number])[] = [
      ['lease', first('acquireLease backup')],
      ['epoch', first('raiseEpoch backup')],
      ['source snapshot', first('createSnapshot source')],
      ['resize', first('resize backup')],
      ['changes of the source', first('changedSince source snapshot')],
      ['dirt of the backup', first('changedSince backup', ({ args }) => args.range!.end > 512)],
      ['first page', Math.min(first('clearPages backup'), first('writePages backup'))],
      ['last page', Math.max(last('clearPages backup'), last('writePages backup'))],
      ['backup snapshot', first('createSnapshot backup')],
      ['its length', first('properties backup snapshot', ofC)],
      ['its allocated pages', first('allocated backup snapshot', ofC)],
      ['its touched pages', first('changedSince backup snapshot', ofC)],
      ['its content', last('read backup snapshot')],
      ['the entry', first('recordCreate catalogue')],
      ['the old anchor', first('deleteSnapshot source snapshot', ({ snapshot }) => snapshot === anchor)],
      ['the lease given back', first('releaseLease backup')],
    ];
    // The three lists are asked for side by side, in whatever order.
    for (const [i, [what, at]] of order.entries())
      if (i > 0 && what !== 'dirt of the backup') assert.ok(order[i - 1]![1] < at, `${order[i - 1]![0]} before ${what}`);
  });

  it('nothing of ours is under way when the backup snapshot is taken', async () => {
    const chain = await chainWithOnePoint({ switches: { latency: { min: 1, max: 5000 } } });
    changeDisk(chain);
    let looked = 0;
    chain.service.interceptor = ({ operation, url }) => {
      if (operation === 'createSnapshot' && url === BACKUP) {
        looked++;
        assert.deepEqual(
          chain.service.calls.filter((call) => isPageWrite(call) && call.outcome === 'underWay'),
          [],
        );
      }
      return undefined;
    };
    await chain.backup({ transfer: 'relay' });
    assert.equal(looked, 1);
  });

  it('every page write names lease and epoch, every other change of the backup the lease', async () => {
    const { calls } = await incremental();
    const leaseId = calls.find(({ operation }) => operation === 'changeLease')!.args.other!['proposedId'];
    for (const { operation, args } of calls.filter((call) => isPageWrite(call)))
      assert.deepEqual([operation, args.fence?.leaseId, args.fence?.epoch], [operation, leaseId, 2]);
    const others = calls.filter(
      ({ operation, url }) => url === BACKUP && ['resize', 'setMetadata', 'raiseEpoch', 'createSnapshot'].includes(operation),
    );
    assert.ok(others.length >= 4);
    for (const { operation, args } of others) assert.deepEqual([operation, args.fence?.leaseId], [operation, leaseId]);
  });

  it('the source is snapshotted and relieved of old snapshots, and never written', async () => {
    const { chain, calls } = await incremental();
    assert.deepEqual(trespasses(chain), []);
    assert.deepEqual(
      [...new Set(calls.filter(({ url, writes }) => url === SOURCE && writes).map(({ operation }) => operation))],
      ['createSnapshot', 'deleteSnapshot'],
    );
  });

  it('the canary asks both sides before any difference is believed', async () => {
    const { calls } = await incremental();
    const asked = calls.filter(({ operation }) => operation === 'changedSince');
    const canaries = asked.filter(({ outcome }) => outcome === 'previousSnapshotNotFound');
    assert.deepEqual(canaries.map(({ url }) => url).sort(), [BACKUP, SOURCE].sort());
    assert.deepEqual(asked.slice(0, 2), canaries);
  });

  it('the index of the catalogue is looked at again once the lease is held', async () => {
    const { calls, first } = await incremental();
    assert.ok(calls.findLastIndex((call) => stepOf(call) === 'recordList catalogue') > first('acquireLease backup'));
  });
});

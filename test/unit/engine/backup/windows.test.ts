import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Catalogue } from '../../../../src/engine/chain/catalogue.ts';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { toolsFor } from '../../../../src/engine/tools.ts';
import { chainWithOnePoint, liveSnapshots } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../../../support/chain/memoryChain.ts';
import { firstCalls } from '../../../support/engine/faultPlans.ts';

const indexOf = ({ service, world }: MemoryChain) => new Catalogue(service.recordStore(CATALOGUE), toolsFor({ world }).retrier).index();

describe('what a later look can tell of the windows that were served', () => {
  it('a run that found nothing to copy leaves no point but a record of when it began', async () => {
    const chain = await chainWithOnePoint();
    assert.equal((await indexOf(chain)).unchangedOn, undefined);
    chain.world.jump(3_600_000);
    const before = new Date(chain.world.now()).toISOString();
    assert.equal((await chain.backup()).kind, 'unchanged');
    const { unchangedOn, numbers } = await indexOf(chain);
    assert.deepEqual(numbers, [1]);
    assert.ok(unchangedOn! >= before && unchangedOn! <= new Date(chain.world.now()).toISOString(), unchangedOn);
  });

  it('that this record could not be written is told, and makes no failure of the run', async () => {
    const chain = await chainWithOnePoint();
    const warnings: string[] = [];
    chain.service.interceptor = (call) =>
      call.operation === 'recordCreate' && call.args.name?.includes('unchanged')
        ? firstCalls('recordCreate', { kind: 'dropped', code: 'serviceFailed' }, 99)(call)
        : undefined;
    const { kind } = await chain.backup({}, {}, (event) => void (event.type === 'warning' && warnings.push(event.code)));
    assert.deepEqual([kind, warnings], ['unchanged', ['notTidied']]);
  });

  it('a point is as old as its source snapshot, also where a run that had taken none yet is gone on with', async () => {
    const chain = await chainWithOnePoint();
    chain.write(3, 9);
    chain.service.interceptor = firstCalls('createSnapshot', { kind: 'crash', effect: 'none' }, 1, SOURCE);
    await assert.rejects(chain.backup());
    chain.service.interceptor = undefined;
    chain.world.jump(3_600_000);
    const resumedOn = new Date(chain.world.now()).toISOString();
    await chain.backup();
    const [, second] = await chain.entries();
    assert.ok(second!.startedOn >= resumedOn, `${second!.startedOn} is before ${resumedOn}`);
  });

  it('a run asks once more when it holds the blob, and ends where another one was first', async () => {
    const chain = await chainWithOnePoint();
    chain.write(3, 9);
    const numbers: (readonly number[])[] = [];
    const isServed = (index: { readonly numbers: readonly number[] }): boolean => numbers.push(index.numbers) > 0;
    await assert.rejects(chain.backup({ isServed }), (error) => isBackupError(error, 'superseded'));
    assert.deepEqual(numbers, [[1]]);
    assert.equal(liveSnapshots(chain, SOURCE).length, 1);
    const { lease, metadata } = await chain.service.pageBlob(BACKUP).image().properties();
    assert.equal(lease, 'available');
    assert.equal(metadata['pbb_open'], undefined);
  });

  it('an interrupted run is finished whatever its window', async () => {
    const chain = await chainWithOnePoint();
    chain.write(3, 9);
    const stop = new AbortController();
    await assert.rejects(chain.backup({}, { signal: stop.signal }, ({ type }) => type === 'snapshot' && stop.abort()));
    const { kind, resumed } = await chain.backup({ isServed: () => true });
    assert.deepEqual([kind, resumed], ['incremental', true]);
  });
});

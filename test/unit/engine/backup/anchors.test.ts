import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../../src/engine/errors.ts';
import type { RunEvent } from '../../../../src/engine/events.ts';
import { callsDuring, changeDisk, chainWithOnePoint, liveSnapshots, trespasses } from '../../../support/chain/chainViews.ts';
import { type MemoryChain, SOURCE } from '../../../support/chain/memoryChain.ts';
import { firstCalls } from '../../../support/engine/faultPlans.ts';
import { refusal } from '../../../support/memory/refusals.ts';

const sourceIds = (chain: MemoryChain) => liveSnapshots(chain, SOURCE).map(({ id }) => id);
const anchorsOf = async (chain: MemoryChain) => (await chain.entries()).map(({ source }) => source.snapshot);

async function points(chain: MemoryChain, count: number, options: Parameters<MemoryChain['backup']>[0] = {}): Promise<void> {
  for (let i = 0; i < count; i++) {
    chain.write(1 + (i % 3), 20 + i);
    await chain.backup({ transfer: 'relay', ...options });
  }
}

describe('law 8: which source snapshots go', () => {
  it('after a commit just the previous anchor, by its exact id; the new one stays', async () => {
    const chain = await chainWithOnePoint();
    const [anchor] = await anchorsOf(chain);
    changeDisk(chain);
    const { calls } = await callsDuring(chain, () => chain.backup());
    assert.deepEqual(
      calls.filter(({ operation }) => operation === 'deleteSnapshot').map(({ url, snapshot }) => [url, snapshot]),
      [[SOURCE, anchor]],
    );
    assert.deepEqual(sourceIds(chain), [(await anchorsOf(chain))[1]]);
  });

  it('keepSourceSnapshots keeps so many, the newest counted; a smaller number later takes away the rest', async () => {
    const chain = await chainWithOnePoint();
    await points(chain, 4, { keepSourceSnapshots: 3 });
    assert.deepEqual(sourceIds(chain), (await anchorsOf(chain)).slice(-3));
    await points(chain, 1, { keepSourceSnapshots: 2 });
    assert.deepEqual(sourceIds(chain), (await anchorsOf(chain)).slice(-2));
    await points(chain, 1, { keepSourceSnapshots: 0 });
    assert.deepEqual(sourceIds(chain), (await anchorsOf(chain)).slice(-1), 'the anchor always stays');
  });

  it('no snapshot of anybody else, although Azure passes our marks on to it', async () => {
    const chain = await chainWithOnePoint();
    const [anchor] = await anchorsOf(chain);
    // Somebody promotes our snapshot: its marks are on the source now, and on every snapshot taken without metadata.
    chain.service.foreign.copyBlobOver(SOURCE, { url: SOURCE, snapshot: anchor! }, 'holder');
    const foreign = [chain.service.foreign.snapshot(SOURCE)];
    const { metadata } = liveSnapshots(chain, SOURCE).at(-1)!;
    assert.ok(metadata['pbb_run'], 'it looks like ours');
    await points(chain, 3);
    foreign.push(chain.service.foreign.snapshot(SOURCE));
    await points(chain, 2);
    assert.deepEqual(trespasses(chain), []);
    assert.ok(foreign.every((id) => sourceIds(chain).includes(id)));
  });

  for (const ours of ['still there', 'deleted by its owner']) {
    it(`a run that died leaves its mark behind; a snapshot that only inherited it is never deleted (the run's own is ${ours})`, async () => {
      const chain = await chainWithOnePoint();
      changeDisk(chain);
      chain.service.interceptor = firstCalls('createSnapshot', { kind: 'crash', effect: 'done' }, 1, SOURCE);
      await assert.rejects(chain.backup());
      chain.service.interceptor = undefined;
      // The owner goes back to just that snapshot, and snapshots his disk himself: without metadata, so it inherits the dead run's mark.
      const left = sourceIds(chain).at(-1)!;
      chain.service.foreign.copyBlobOver(SOURCE, { url: SOURCE, snapshot: left }, 'holder');
      chain.service.foreign.snapshot(SOURCE);
      if (ours !== 'still there') chain.service.foreign.deleteSnapshot(SOURCE, left);
      chain.world.jump(61_000);
      await points(chain, 3);
      assert.deepEqual(trespasses(chain), []);
      assert.deepEqual(await chain.faults(), []);
    });
  }

  it('an older one that could not be deleted goes with a later run', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    const warnings: RunEvent[] = [];
    chain.service.interceptor = firstCalls('deleteSnapshot', { kind: 'throw', error: refusal('accessDenied', 'not allowed') });
    const result = await chain.backup({}, {}, (event) => void (event.type === 'warning' && warnings.push(event)));
    assert.equal(result.kind, 'incremental');
    assert.deepEqual(
      warnings.map((event) => event.type === 'warning' && event.code),
      ['snapshotKept'],
    );
    assert.equal(sourceIds(chain).length, 2);
    await points(chain, 1);
    assert.equal(sourceIds(chain).length, 1);
  });

  it('that one is gone already is no trouble', async () => {
    const chain = await chainWithOnePoint();
    chain.service.interceptor = ({ operation, url }) => {
      if (operation === 'recordCreate') chain.service.foreign.deleteSnapshot(SOURCE, sourceIds(chain)[0]!);
      return operation === 'deleteSnapshot' && url === SOURCE ? { kind: 'lostAnswer' } : undefined;
    };
    changeDisk(chain);
    await chain.backup();
    assert.deepEqual(sourceIds(chain), (await anchorsOf(chain)).slice(-1));
  });

  for (const operation of ['createSnapshot', 'writePages', 'clearPages', 'recordCreate', 'allocated'] as const) {
    it(`a run that fails (${operation} refused) deletes nothing of the source`, async () => {
      const chain = await chainWithOnePoint();
      changeDisk(chain);
      const before = sourceIds(chain);
      chain.service.interceptor = firstCalls(operation, { kind: 'throw', error: refusal('accessDenied', 'no') }, 99);
      const { calls } = await callsDuring(chain, () =>
        assert.rejects(chain.backup({ transfer: 'relay' }), (error) => isBackupError(error, 'accessDenied')),
      );
      assert.deepEqual(
        calls.filter((call) => call.operation === 'deleteSnapshot'),
        [],
      );
      assert.ok(before.every((id) => sourceIds(chain).includes(id)));
    });
  }

  it('after the commit nothing turns the run into a failure', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    let committed = false;
    const stop = new AbortController();
    chain.service.interceptor = ({ operation, index }) => {
      const before = chain.service.calls[index - 1];
      committed ||= before?.operation === 'recordCreate' && before.outcome === 'done';
      if (!committed || operation === 'recordCreate') return undefined;
      stop.abort();
      return { kind: 'throw', error: refusal('accessDenied', 'gone bad') };
    };
    const warnings: string[] = [];
    const result = await chain.backup({}, { signal: stop.signal }, (event) => void (event.type === 'warning' && warnings.push(event.code)));
    chain.service.interceptor = undefined;
    assert.ok(committed);
    assert.equal(result.number, 2);
    assert.ok(warnings.length > 0 && warnings.every((code) => code === 'notTidied'));
    // The next run finds its way: the record that stayed on the blob is of a run that is over.
    chain.world.jump(61_000);
    chain.write(1, 77);
    const next = await chain.backup({ transfer: 'relay' });
    assert.deepEqual([next.number, next.kind, next.resumed], [3, 'incremental', false]);
    assert.deepEqual(await chain.faults(), []);
  });
});

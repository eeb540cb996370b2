import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOpenRun } from '../../../src/engine/chain/openRun.ts';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import { takeHold, type Beginning, type Hold } from '../../../src/engine/hold/hold.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import type { Tools } from '../../../src/engine/tools.ts';
import { firstCalls } from '../../support/engine/faultPlans.ts';
import { DISK, filled, stage, type Stage } from '../../support/engine/stage.ts';

const BEGIN: Beginning = { kind: 'full', source: 'https://a/b/source', parent: 4, length: 8 * PAGE, metadata: { pbb_chain: 'c' } };
const FRESH = 'https://disks.example/vhds/fresh';

/** A process of its own that takes hold of the blob. */
function hold(all: Stage, begin: Partial<Beginning> = {}, url = DISK, tools: Partial<Tools> = {}): Promise<Hold> {
  return takeHold(all.service.client('next').pageBlob(url), { ...BEGIN, ...begin }, { ...all.tools, ...tools });
}

const recordOf = async ({ service }: Stage, url = DISK) => readOpenRun((await service.pageBlob(url).image().properties()).metadata);

describe('takeHold: a blob that is not there', () => {
  it('is made with our mark, and nothing was ever written to it', async () => {
    const all = stage();
    const { isNew, lengthBefore } = await hold(all, { tier: 'P10' }, FRESH);
    const { length, metadata, tier } = await all.service.pageBlob(FRESH).image().properties();
    assert.deepEqual([isNew, lengthBefore, length, metadata['pbb_chain'], tier], [true, 8 * PAGE, 8 * PAGE, 'c', 'P10']);
  });

  it('may be ours already when the answer was lost: then it is taken as it is, and not as new', async () => {
    const all = stage();
    all.service.interceptor = firstCalls('create', { kind: 'lostAnswer' });
    assert.equal((await hold(all, {}, FRESH)).isNew, false);
  });

  it('may be made by somebody else meanwhile: that one is looked at before it is touched', async () => {
    const all = stage();
    const refuse = () => {
      throw new BackupError('alreadyExists', 'a stranger');
    };
    all.service.interceptor = ({ operation }) => {
      if (operation === 'create') all.service.foreign.createBlob(FRESH, 4 * PAGE);
      return undefined;
    };
    await assert.rejects(hold(all, { refuse }, FRESH), (error) => isBackupError(error, 'alreadyExists'));
    assert.equal((await all.service.pageBlob(FRESH).image().properties()).lease, 'available');
  });
});

describe('takeHold: an interrupted run', () => {
  /** A run that applied pages up to 4 and died; its lease has run out. */
  async function interrupted(end: 'died' | 'stopped' = 'died') {
    const all = stage();
    const first = await takeHold(all.client.pageBlob(DISK), BEGIN, all.tools);
    await first.journal.write({ snapshot: 's', applied: 4 * PAGE, attempt: 'a' });
    if (end === 'stopped') await first.journal.pause();
    all.client.crash();
    if (end === 'died') all.world.jump(61_000);
    return { ...all, first };
  }

  for (const end of ['died', 'stopped'] as const) {
    it(`that ${end} is gone on with: same run, same snapshot, from where it was, with a new lease`, async () => {
      const all = await interrupted(end);
      const { journal, guard } = await hold(all);
      const { run, snapshot, applied, attempt, startedOn } = journal.record;
      assert.deepEqual([run, snapshot, applied, attempt], [all.first.journal.record.run, 's', 4 * PAGE, 'a']);
      assert.equal(startedOn, all.first.journal.record.startedOn);
      assert.notEqual(guard.leaseId, all.first.guard.leaseId);
      assert.deepEqual(await recordOf(all), journal.record);
      assert.equal(journal.record.paused, undefined);
    });
  }

  it('one that still runs is left alone: busy', async () => {
    const all = stage();
    await takeHold(all.client.pageBlob(DISK), BEGIN, all.tools);
    await assert.rejects(hold(all), (error) => isBackupError(error, 'busy'));
  });

  it('starts over with the same source snapshot when somebody touched the blob since', async () => {
    const all = await interrupted();
    all.service.foreign.write(DISK, 0, filled(9));
    const { journal } = await hold(all);
    assert.deepEqual([journal.record.snapshot, journal.record.applied], ['s', 0]);
  });

  it('starts over when the run is of another kind', async () => {
    const all = await interrupted();
    const { journal } = await hold(all, { kind: 'rebase' });
    assert.deepEqual([journal.record.snapshot, journal.record.applied, journal.record.kind], ['s', 0, 'rebase']);
  });

  for (const other of [{ parent: 5 }, { source: 'https://a/b/another' }]) {
    it(`is forgotten when the next run is another one (${Object.keys(other)[0]})`, async () => {
      const all = await interrupted();
      const { journal } = await hold(all, other);
      assert.notEqual(journal.record.run, all.first.journal.record.run);
      assert.deepEqual([journal.record.snapshot, journal.record.applied, journal.record.attempt], [undefined, 0, undefined]);
    });
  }

  it('a record that somebody put there with a lease that holds is no licence', async () => {
    const all = await interrupted();
    all.service.foreign.acquireLease(DISK, 'somebody', 60);
    await assert.rejects(hold(all), (error) => isBackupError(error, 'busy'));
  });
});

describe('the journal', () => {
  async function journaled() {
    const all = stage();
    all.service.foreign.setMetadata(DISK, { vm: 'web-1', pbb_open: 'damaged', pbb_run: 'inherited', pbb_try: 'inherited' });
    const { journal, guard } = await takeHold(all.blob, BEGIN, all.tools);
    all.service.calls.length = 0;
    return { ...all, journal, guard };
  }

  it('keeps the blob’s own metadata, adds ours, and carries on no mark of another run', async () => {
    const all = await journaled();
    assert.deepEqual(all.journal.own, { vm: 'web-1', pbb_chain: 'c' });
    const { metadata } = await all.blob.image().properties();
    assert.deepEqual(Object.keys(metadata).sort(), ['pbb_chain', 'pbb_open', 'vm']);
  });

  it('is written down now and then, not at each step', async () => {
    const all = await journaled();
    for (const applied of [1, 2, 3]) await all.journal.reached(applied * PAGE);
    assert.equal(all.service.calls.length, 0);
    all.world.jump(15_000);
    await all.journal.reached(4 * PAGE);
    await all.journal.reached(5 * PAGE);
    assert.deepEqual(
      all.service.calls.map(({ operation }) => operation),
      ['setMetadata'],
    );
    assert.equal((await recordOf(all))!.applied, 4 * PAGE);
  });

  it('an older record never comes after a newer one', async () => {
    const all = await journaled();
    all.service.switches.latency = { min: 0, max: 500 };
    await Promise.all([1, 2, 3, 4, 5].map((page) => all.journal.write({ applied: page * PAGE })));
    assert.equal((await recordOf(all))!.applied, 5 * PAGE);
  });

  it('a write that failed does not stop the next', async () => {
    const all = await journaled();
    all.service.interceptor = firstCalls('setMetadata', { kind: 'throw', error: new BackupError('accessDenied', 'no') });
    await assert.rejects(all.journal.write({ applied: PAGE }));
    await all.journal.write({ applied: 2 * PAGE });
    assert.equal((await recordOf(all))!.applied, 2 * PAGE);
  });

  it('pause and close do not heed the signal that stopped the run', async () => {
    const stop = new AbortController();
    const all = stage({ job: { signal: stop.signal } });
    const { journal } = await takeHold(all.blob, BEGIN, all.tools);
    stop.abort();
    await journal.pause();
    assert.equal((await recordOf(all))!.paused, true);
    await journal.close({ pbb_done: 'yes' });
    const { metadata, lease } = await all.service.pageBlob(DISK).image().properties();
    assert.deepEqual([metadata, lease], [{ pbb_chain: 'c', pbb_done: 'yes' }, 'available']);
  });

  it('pause keeps the lease, so that a resumed run can prove that nobody touched the blob', async () => {
    const all = await journaled();
    await all.journal.pause();
    assert.equal((await all.service.pageBlob(DISK).image().properties()).lease, 'leased');
  });

  it('where it does not fit beside the blob’s own metadata the run goes on without it', async () => {
    const all = stage();
    const vm = 'x'.repeat(8000);
    all.service.foreign.setMetadata(DISK, { vm });
    const { journal } = await takeHold(all.blob, BEGIN, all.tools);
    await journal.write({ applied: PAGE });
    assert.deepEqual((await all.blob.image().properties()).metadata, { vm, pbb_chain: 'c' });
  });
});

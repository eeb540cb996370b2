import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KEY } from '../../../src/engine/chain/metadata.ts';
import { writeOpenRun } from '../../../src/engine/chain/openRun.ts';
import { resultOf } from '../../../src/engine/events.ts';
import { runVerify } from '../../../src/engine/jobs/verify/verify.ts';
import { chainSummary } from '../../../src/engine/jobs/points/chainSummary.ts';
import { namingPoints } from '../../../src/engine/jobs/points/namingPoints.ts';
import { listPoints } from '../../../src/engine/jobs/points/points.ts';
import { pointsPage } from '../../../src/engine/jobs/points/pointsPage.ts';
import { BACKUP, CATALOGUE, MemoryChain, SOURCE } from '../../support/chain/memoryChain.ts';

const HOUR = 3_600_000;

async function chained(points: number, keepSourceSnapshots = 1): Promise<MemoryChain> {
  const chain = new MemoryChain({ pages: 64, switches: { latency: { min: 0, max: 0 } } });
  for (let i = 0; i < points; i++) {
    if (i > 0) chain.world.jump(HOUR);
    chain.write(i, i + 1);
    await chain.backup({ keepSourceSnapshots });
  }
  return chain;
}

/** What `ask` gives, and how many calls it took. */
async function counted<T>(chain: MemoryChain, ask: () => Promise<T>): Promise<{ answer: T; calls: number }> {
  const before = chain.service.calls.length;
  return { answer: await ask(), calls: chain.service.calls.length - before };
}

const portsOf = ({ service }: MemoryChain) => ({ backup: service.pageBlob(BACKUP), catalogue: service.recordStore(CATALOGUE) });

describe('how a chain stands', () => {
  it('takes the same few requests however long it is', async () => {
    for (const points of [6, 12]) {
      const chain = await chained(points);
      const { answer, calls } = await counted(chain, () => chainSummary(portsOf(chain), chain));
      assert.equal(calls, 5);
      assert.equal(answer.points, points);
      assert.equal(answer.newest?.entry.number, points);
      assert.equal(answer.lastGood, answer.newest);
      assert.equal(answer.rhythm, HOUR);
      assert.equal(answer.open, undefined);
    }
  });

  it('looks further back for a point that is good', async () => {
    const chain = await chained(4);
    const entries = await chain.entries();
    chain.service.foreign.deleteSnapshot(BACKUP, entries[3]!.backup.snapshot);
    await chain.service.recordStore(CATALOGUE).create('000003.proof-failed-x.json', '{}');
    const summary = await chainSummary(portsOf(chain), chain);
    assert.equal(summary.newest?.state, 'missing');
    assert.equal(summary.lastGood?.entry.number, 2);
    assert.equal(summary.failed, 1);
  });

  it('tells a run that is open from a record that was left behind', async () => {
    const chain = await chained(2);
    const open = { run: 'r', kind: 'incremental', source: SOURCE, lease: 'l', parent: 2, startedOn: '', applied: 512 };
    const put = (record: typeof open & { paused?: boolean }): void =>
      chain.service.foreign.setMetadata(BACKUP, { [KEY.openRun]: writeOpenRun(record) }, 'holder');
    const stateNow = async () => (await chainSummary(portsOf(chain), chain)).open?.state;
    put({ ...open, parent: 1 });
    assert.equal(await stateNow(), undefined);
    put(open);
    assert.equal(await stateNow(), 'interrupted');
    chain.service.foreign.acquireLease(BACKUP, 'l', 60);
    assert.equal(await stateNow(), 'running');
    put({ ...open, paused: true });
    assert.equal(await stateNow(), 'interrupted');
  });

  it('knows an empty place and a backup blob that is gone', async () => {
    const empty = new MemoryChain({ pages: 1 });
    const nothing = await chainSummary(portsOf(empty), empty);
    assert.deepEqual([nothing.points, nothing.newest, nothing.backupLength], [0, undefined, undefined]);
    const chain = await chained(1);
    chain.service.foreign.deleteBlob(BACKUP);
    const summary = await chainSummary(portsOf(chain), chain);
    assert.deepEqual([summary.points, summary.newest?.state, summary.lastGood, summary.backupLength], [1, 'missing', undefined, undefined]);
  });
});

describe('points, a page at a time', () => {
  it('are the same as all at once', async () => {
    const chain = await chained(7);
    const { points: all } = await listPoints(portsOf(chain), chain);
    const paged = [];
    const sizes = [];
    let below: number | undefined;
    do {
      const page = await pointsPage(portsOf(chain), { below, most: 3 }, chain);
      paged.push(...page.points);
      sizes.push(page.points.length);
      below = page.next;
    } while (below !== undefined);
    assert.deepEqual(sizes, [3, 3, 1]);
    assert.deepEqual(
      paged.map(({ entry, state }) => ({ entry, state })),
      all,
    );
  });

  it('tell what a later verification compared', async () => {
    const chain = await chained(2);
    await resultOf(runVerify({ ...portsOf(chain), source: chain.service.pageBlob(SOURCE), proof: 'full', number: 2 }, chain));
    const { points } = await pointsPage(portsOf(chain), { most: 2 }, chain);
    assert.deepEqual(
      points.map(({ later = [] }) => later.map(({ by, proof: { changedCompared } }) => [by, changedCompared])),
      [[['verify', 1024]], []],
    );
  });

  it('read no more entries than they show', async () => {
    const chain = await chained(7);
    const { calls } = await counted(chain, () => pointsPage(portsOf(chain), { most: 2 }, chain));
    assert.equal(calls, 4);
  });
});

describe('the points that name a snapshot', () => {
  it('are found from the newest on, reading no further than needed', async () => {
    const chain = await chained(40, 40);
    const entries = await chain.entries();
    const ask = (snapshots: string[], of: 'source' | 'backup') =>
      counted(chain, () => namingPoints(portsOf(chain).catalogue, snapshots, of, chain));
    const near = await ask([entries[38]!.source.snapshot], 'source');
    assert.deepEqual([...near.answer.named], [[entries[38]!.source.snapshot, 39]]);
    assert.equal(near.calls, 17);
    const none = await ask(['made up', entries[0]!.backup.snapshot], 'backup');
    assert.deepEqual([...none.answer.named.values()], [1]);
    assert.equal(none.answer.isComplete, true);
    assert.equal(none.calls, 41);
  });
});

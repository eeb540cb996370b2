import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../src/engine/errors.ts';
import { resultOf } from '../../../src/engine/events.ts';
import { chainSummary } from '../../../src/engine/jobs/points/chainSummary.ts';
import { namingPoints } from '../../../src/engine/jobs/points/namingPoints.ts';
import { listPoints } from '../../../src/engine/jobs/points/points.ts';
import { pointsPage } from '../../../src/engine/jobs/points/pointsPage.ts';
import { findPoint } from '../../../src/engine/jobs/restore/point.ts';
import { runVerify } from '../../../src/engine/jobs/verify/verify.ts';
import { toolsFor } from '../../../src/engine/tools.ts';
import { chainWithOnePoint } from '../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../../support/chain/memoryChain.ts';

const REASON = /cannot be read: it is damaged or was written by a later version/;

/** Three points; the record of one of them is spoilt afterwards. */
async function chainWithout(number: number) {
  const chain = await chainWithOnePoint();
  for (const value of [10, 11]) {
    chain.write(1, value);
    await chain.backup({ keepSourceSnapshots: 9 });
  }
  const entries = await chain.entries();
  spoil(chain, number);
  const { service } = chain;
  const ports = { backup: service.pageBlob(BACKUP), catalogue: service.recordStore(CATALOGUE) };
  return { chain, entries, ports };
}

function spoil({ service }: MemoryChain, number: number): void {
  const url = `${CATALOGUE}/00000${number}.json`;
  service.ledger.containerOf(url).set(url, { kind: 'block', url, text: '{"format":2}' });
}

describe('a record that cannot be read', () => {
  it('is told by "points", and takes no other point away', async () => {
    const { chain, ports } = await chainWithout(2);
    const { points, unreadable } = await listPoints(ports, chain);
    assert.deepEqual(
      points.map(({ entry, state }) => [entry.number, state]),
      [
        [3, 'good'],
        [1, 'good'],
      ],
    );
    assert.deepEqual(
      unreadable.map(({ number }) => number),
      [2],
    );
    assert.match(unreadable[0]!.error.message, REASON);
    const page = await pointsPage(ports, { most: 2 }, chain);
    assert.deepEqual([page.points.map(({ entry }) => entry.number), page.unreadable.map(({ number }) => number), page.next], [[3], [2], 2]);
  });

  it('fails the verification of its point, and no other, and no proof is recorded', async () => {
    const { chain, ports } = await chainWithout(2);
    const run = (number?: number) => resultOf(runVerify({ ...ports, source: chain.service.pageBlob(SOURCE), number }, chain));
    const { verdicts, failed } = await run();
    assert.deepEqual(
      verdicts.map(({ number, verdict }) => `${number} ${verdict}`),
      ['3 passed', '2 failed', '1 passed'],
    );
    assert.equal(failed, 1);
    assert.match(verdicts[1]!.fault!, REASON);
    assert.equal((await run(2)).failed, 1);
    assert.ok(!(await ports.catalogue.list()).some((name) => name.startsWith('000002.proof')));
  });

  it('leaves the other points restorable; its own is not taken for a foreign snapshot', async () => {
    const { chain, entries, ports } = await chainWithout(2);
    const find = (i: number) => findPoint({ ...ports, point: entries[i]!.backup.snapshot }, toolsFor(chain));
    assert.equal((await find(0)).number, 1);
    assert.equal((await find(2)).number, 3);
    await assert.rejects(find(1), (error) => isBackupError(error, 'integrity') && /record of point 2 cannot be read/.test(error.message));
  });

  it('lets the chain go on unless it is the newest one', async () => {
    const { chain } = await chainWithout(2);
    chain.write(3, 30);
    assert.equal((await chain.backup({ keepSourceSnapshots: 9 })).number, 4);
    spoil(chain, 4);
    chain.write(3, 31);
    await assert.rejects(chain.backup(), (error) => isBackupError(error, 'integrity'));
  });

  it('leaves the state of the chain known, unless it is the newest one', async () => {
    const { chain, entries, ports } = await chainWithout(2);
    chain.service.foreign.deleteSnapshot(BACKUP, entries[2]!.backup.snapshot);
    const { newest, lastGood, points } = await chainSummary(ports, chain);
    assert.deepEqual([newest?.state, lastGood?.entry.number, points], ['missing', 1, 3]);
    spoil(chain, 3);
    await assert.rejects(chainSummary(ports, chain), (error) => isBackupError(error, 'integrity'));
  });

  it('may name a snapshot that no other one names', async () => {
    const { chain, entries, ports } = await chainWithout(2);
    const ask = (i: number) => namingPoints(ports.catalogue, [entries[i]!.backup.snapshot], 'backup', chain);
    assert.deepEqual([(await ask(0)).isComplete, (await ask(0)).named.size], [true, 1]);
    assert.deepEqual([(await ask(1)).isComplete, (await ask(1)).named.size], [false, 0]);
  });
});

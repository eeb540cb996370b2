import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KEY } from '../../../../src/engine/chain/metadata.ts';
import { writeOpenRun } from '../../../../src/engine/chain/openRun.ts';
import { BackupError, isBackupError } from '../../../../src/engine/errors.ts';
import { resultOf } from '../../../../src/engine/events.ts';
import { chainSummary } from '../../../../src/engine/jobs/points/chainSummary.ts';
import { pointsPage } from '../../../../src/engine/jobs/points/pointsPage.ts';
import { planPrune } from '../../../../src/engine/jobs/prune/plan.ts';
import { findPoint } from '../../../../src/engine/jobs/restore/point.ts';
import { runVerify } from '../../../../src/engine/jobs/verify/verify.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { toolsFor } from '../../../../src/engine/tools.ts';
import { callsDuring, liveSnapshots, newestEqualsDisk, stepOf } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from '../../../support/chain/memoryChain.ts';
import { chainOfHalfDays, deletedSnapshots, HALF_DAY, pointsAreTrue, prune, standings } from '../../../support/chain/pruning.ts';
import { beforeCall, firstCalls } from '../../../support/engine/faultPlans.ts';

const portsOf = ({ service }: MemoryChain) => ({ backup: service.pageBlob(BACKUP), catalogue: service.recordStore(CATALOGUE) });
const plan = (chain: MemoryChain, policy: Parameters<typeof prune>[1], estimate = false) =>
  planPrune({ ...portsOf(chain), policy, source: chain.service.pageBlob(SOURCE) }, { world: chain.world, estimate });
const refusal = (code: ConstructorParameters<typeof BackupError>[0], effect: 'none' | 'unknown' = 'none') =>
  ({ kind: 'throw', error: new BackupError(code, `no (${code})`, { effect }) }) as const;

describe('prune', () => {
  it('deletes what the policy does not keep, and says so of every point beforehand', async () => {
    const chain = await chainOfHalfDays(6);
    const { points, warnings } = await plan(chain, { last: 1, daily: 2 });
    assert.deepEqual(
      points.map(({ number, action }) => `${number} ${action}`),
      ['6 keep', '5 delete', '4 keep', '3 delete', '2 delete', '1 delete'],
    );
    assert.ok(points.every(({ reasons, startedOn }) => reasons.length > 0 && startedOn !== undefined));
    assert.deepEqual(warnings, []);
    const result = await prune(chain, { last: 1, daily: 2 });
    assert.deepEqual([result.deleted.map(({ number }) => number), result.refused, result.kept], [[1, 2, 3, 5], [], 2]);
    assert.deepEqual(await standings(chain), ['6 good', '5 pruned', '4 good', '3 pruned', '2 pruned', '1 pruned']);
    await pointsAreTrue(chain, 'after the prune');
    const { result: again, calls } = await callsDuring(chain, () => prune(chain, { last: 1, daily: 2 }));
    assert.deepEqual([again.deleted, again.kept], [[], 2]);
    assert.ok(
      calls.every(({ writes }) => !writes),
      'nothing is left to write',
    );
  });

  it('records a deletion before it, under the lease of the backup blob, which is given back', async () => {
    const chain = await chainOfHalfDays(2);
    const { calls } = await callsDuring(chain, () => prune(chain, { last: 1 }));
    assert.deepEqual(calls.filter(({ writes }) => writes).map(stepOf), [
      'acquireLease backup',
      'changeLease backup',
      'raiseEpoch backup',
      'recordCreate catalogue',
      'deleteSnapshot backup snapshot',
      'releaseLease backup',
    ]);
    const deletion = calls.find(({ operation }) => operation === 'deleteSnapshot')!;
    assert.equal(deletion.snapshot, (await chain.entries())[0]!.backup.snapshot);
  });

  it('leaves what other jobs need: the next backup is incremental, verify and the summary pass over pruned points', async () => {
    const chain = await chainOfHalfDays(8);
    await prune(chain, { last: 2 });
    const { newest, lastGood, points, failed } = await chainSummary(portsOf(chain), chain);
    assert.deepEqual([newest?.entry.number, lastGood?.entry.number, points, failed], [8, 8, 2, 0]);
    const page = await pointsPage(portsOf(chain), { most: 5 }, chain);
    assert.deepEqual([page.points.map(({ entry }) => entry.number), page.next], [[8, 7], undefined]);
    const { verdicts } = await resultOf(runVerify({ ...portsOf(chain), source: undefined }, chain));
    assert.deepEqual(
      verdicts.map(({ number, verdict }) => `${number} ${verdict}`),
      ['8 structure', '7 structure'],
    );
    await assert.rejects(
      resultOf(runVerify({ ...portsOf(chain), source: undefined, number: 3 }, chain)),
      (error) => isBackupError(error, 'snapshotNotFound') && error.message.includes('3 was pruned'),
    );
    chain.write(20, 99);
    assert.equal((await chain.backup()).kind, 'incremental');
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('a pruned point is not restored, not even while its snapshot is still there', async () => {
    const chain = await chainOfHalfDays(3);
    const [first] = await chain.entries();
    await chain.service.recordStore(CATALOGUE).create('000001.pruned-somebody.json', '{}');
    const restore = () => findPoint({ ...portsOf(chain), point: first!.backup.snapshot, evenIfFailed: true }, toolsFor(chain));
    await assert.rejects(restore(), (error) => isBackupError(error, 'snapshotNotFound') && error.message.includes('1 was pruned'));
    const { points } = await plan(chain, { last: 9 });
    assert.deepEqual(points[2]!.reasons, ['an earlier prune began to delete it']);
    assert.deepEqual(
      (await prune(chain, { last: 9 })).deleted.map(({ number }) => number),
      [1],
    );
    await assert.rejects(restore(), (error) => isBackupError(error, 'snapshotNotFound'));
  });

  it('keeps snapshots that no record names, and points whose record cannot be read or speaks of another blob', async () => {
    const chain = await chainOfHalfDays(4);
    const foreign = chain.service.foreign.snapshot(BACKUP);
    const records = chain.service.ledger.containerOf(CATALOGUE);
    const change = (number: number, edit: (text: string) => string): void => {
      const url = `${CATALOGUE}/00000${number}.json`;
      const blob = records.get(url)!;
      records.set(url, { kind: 'block', url, text: edit(blob.kind === 'block' ? blob.text : '') });
    };
    change(1, () => 'not JSON');
    change(2, (text) => text.replaceAll(`"${BACKUP}"`, '"https://backups.example/backups/other.vhd"'));
    const { points } = await plan(chain, { last: 1 });
    assert.deepEqual(
      points.map(({ number, action }) => `${number} ${action}`),
      ['4 keep', '3 delete', '2 keep', '1 keep'],
    );
    await prune(chain, { last: 1 });
    assert.equal(deletedSnapshots(chain).length, 1);
    assert.ok(liveSnapshots(chain, BACKUP).some(({ id }) => id === foreign));
  });

  it('never takes the newest good point, nor one whose snapshot another record names too', async () => {
    const chain = await chainOfHalfDays(4);
    const store = chain.service.recordStore(CATALOGUE);
    await store.create('000004.proof-failed-x.json', '{}');
    const second = (await store.read('000002.json'))!;
    const third = (await chain.entries())[2]!;
    // Two records that name one snapshot: a copy made by hand.
    const url = `${CATALOGUE}/000001.json`;
    chain.service.ledger.containerOf(CATALOGUE).set(url, { kind: 'block', url, text: second.replace('"number": 2', '"number": 1') });
    const result = await prune(chain, { yearly: 1 });
    assert.deepEqual(result.deleted, []);
    assert.ok(liveSnapshots(chain, BACKUP).some(({ id }) => id === third.backup.snapshot));
  });

  it('stops before it begins where another run holds the blob, and goes around an interrupted one', async () => {
    const chain = await chainOfHalfDays(3);
    chain.service.foreign.acquireLease(BACKUP, 'somebody', 60);
    await assert.rejects(prune(chain, { last: 1 }), (error) => isBackupError(error, 'busy'));
    assert.equal(deletedSnapshots(chain).length, 0);
    assert.deepEqual(await standings(chain), ['3 good', '2 good', '1 good']);

    chain.world.jump(61_000);
    chain.write(30, 7, 8);
    const stop = new AbortController();
    await assert.rejects(
      chain.backup({ transfer: 'relay' }, { signal: stop.signal }, ({ type }) => type === 'progress' && stop.abort()),
      (error) => isBackupError(error, 'cancelled'),
    );
    chain.world.jump(61_000);
    const { calls } = await callsDuring(chain, () => prune(chain, { last: 1 }));
    assert.ok(!calls.some(({ operation }) => operation === 'acquireLease'), 'its lease proves that nobody touched the blob');
    assert.equal((await chain.backup({ transfer: 'relay' })).resumed, true);
    await pointsAreTrue(chain, 'after the resumed run');
  });

  it('keeps the point that a rewind of the disk needs, as long as it is not finished', async () => {
    const chain = await chainOfHalfDays(3);
    const [first] = await chain.entries();
    const source = chain.service.pageBlob(BACKUP).image(first!.backup.snapshot).label;
    const open = { run: 'r', kind: 'rewind', source, lease: 'l', parent: 1, startedOn: '', applied: 0 };
    chain.service.foreign.setMetadata(SOURCE, { [KEY.openRun]: writeOpenRun(open) }, 'holder');
    const { deleted } = await prune(chain, { last: 1 });
    assert.deepEqual(
      deleted.map(({ number }) => number),
      [2],
    );
    assert.deepEqual((await plan(chain, { last: 1 })).points[1]!.reasons, ['a restore onto the disk that is not finished needs it']);
    chain.service.interceptor = firstCalls('properties', refusal('accessDenied'), 1, SOURCE);
    assert.match((await plan(chain, { last: 1 })).warnings.join(), /cannot be looked at/);
  });

  it('a refusal of the service is told; the point stays whole and restorable, and nothing else is tried', async () => {
    const chain = await chainOfHalfDays(5);
    chain.service.interceptor = firstCalls('deleteSnapshot', refusal('accessDenied'), 99);
    const { result, calls } = await callsDuring(chain, () => prune(chain, { last: 1 }));
    assert.deepEqual([result.deleted, result.kept], [[], 5]);
    assert.deepEqual(
      result.refused.map(({ number, error }) => `${number} ${error.code}`),
      ['1 accessDenied'],
    );
    assert.equal(calls.filter(({ operation }) => operation === 'deleteSnapshot').length, 1);
    chain.service.interceptor = undefined;
    assert.deepEqual(await standings(chain), ['5 good', '4 good', '3 good', '2 good', '1 good']);
    // With the right to delete, the next one succeeds.
    assert.equal((await prune(chain, { last: 1 })).deleted.length, 4);
  });

  it('a snapshot under a write-once policy stays, and the others go', async () => {
    const chain = await chainOfHalfDays(5);
    const [, second] = await chain.entries();
    chain.service.interceptor = ({ operation, snapshot }) =>
      operation === 'deleteSnapshot' && snapshot === second!.backup.snapshot ? refusal('immutable') : undefined;
    const result = await prune(chain, { last: 1 });
    assert.deepEqual([result.deleted.map(({ number }) => number), result.refused.map(({ number }) => number)], [[1, 3, 4], [2]]);
    chain.service.interceptor = undefined;
    assert.deepEqual(await standings(chain), ['5 good', '4 pruned', '3 pruned', '2 good', '1 pruned']);
  });

  it('an answer that was lost is looked up, never taken for a failure', async () => {
    for (const kind of ['lostAnswer', 'dropped', 'duplicate', 'late'] as const) {
      const chain = await chainOfHalfDays(4);
      chain.service.interceptor = firstCalls('deleteSnapshot', { kind }, 2);
      const result = await prune(chain, { last: 1 });
      assert.deepEqual([result.deleted.length, result.refused.length], [3, 0], kind);
      assert.deepEqual(await standings(chain), ['4 good', '3 pruned', '2 pruned', '1 pruned'], kind);
    }
  });

  it('deletes only what its plan named, and only if the policy still does not keep it', async () => {
    const chain = await chainOfHalfDays(4);
    // Between the plan and the run somebody holds point 2.
    chain.service.interceptor = beforeCall(
      ({ operation, client }) => operation === 'acquireLease' && client.startsWith('process prune'),
      () =>
        void chain.service.ledger
          .containerOf(CATALOGUE)
          .set(`${CATALOGUE}/000002.hold-me.json`, { kind: 'block', url: `${CATALOGUE}/000002.hold-me.json`, text: '{}' }),
    );
    const { deleted } = await prune(chain, { last: 1 });
    assert.deepEqual(
      deleted.map(({ number }) => number),
      [1, 3],
    );
    assert.deepEqual(await standings(chain), ['4 good', '3 pruned', '2 good held', '1 pruned']);
  });

  it('tells the bytes that a deletion frees: pages that neither neighbour has', async () => {
    const chain = await chainOfHalfDays(1);
    // Page 50 is written again and again, pages 51 and 52 once.
    for (const [i, pages] of [[50, 51], [50], [50, 52], [50]].entries()) {
      chain.world.jump(HALF_DAY);
      for (const page of pages) chain.write(page, i + 1);
      await chain.backup({ transfer: 'relay' });
    }
    const { points, freed } = await plan(chain, { last: 1 }, true);
    // Page 0 of point 1 and pages 51 and 52 live on in the newest point; of page 50 three versions go.
    assert.deepEqual(
      points.map(({ number, freed }) => [number, freed]),
      [
        [5, undefined],
        [4, PAGE],
        [3, PAGE],
        [2, PAGE],
        [1, 0],
      ],
    );
    assert.equal(freed, 3 * PAGE);
    chain.service.switches.difference = 'ignored';
    assert.equal((await plan(chain, { last: 1 }, true)).freed, undefined);
  });

  it('refuses a policy without rules', async () => {
    const chain = await chainOfHalfDays(2);
    await assert.rejects(plan(chain, { daily: 0 }), (error) => isBackupError(error, 'badInput'));
    await assert.rejects(plan(chain, { daily: 1, timeZone: 'Nowhere' }), (error) => isBackupError(error, 'badInput'));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackupError, isBackupError, type ErrorCode } from '../../../../src/engine/errors.ts';
import { planRewind, runRewind } from '../../../../src/engine/jobs/restore/rewind.ts';
import { resultOf } from '../../../../src/engine/events.ts';
import { planRestoreChain, runRestoreChain } from '../../../../src/engine/jobs/restore/restoreChain.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { bytesOf, callsDuring } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE } from '../../../support/chain/memoryChain.ts';
import {
  assertNewestIsDisk,
  backupOn,
  exists,
  isWhole,
  lawsHold,
  live,
  metadataOf,
  NEW_BACKUP,
  NEW_CATALOGUE,
  newEntries,
  oldChain,
  requestFor,
  restore,
  scene,
  TARGET,
} from '../../../support/chain/restoredChain.ts';
import { crashSweep } from '../../../support/crash/crashSweep.ts';
import { RESTORE_CHAINS } from '../../../support/crash/restoreChains.ts';
import { firstCalls, nthCall } from '../../../support/engine/faultPlans.ts';
import { Crash } from '../../../support/memory/faults.ts';

const MOVES = ['writePages', 'writePagesFrom'] as const;

const fails = (call: Promise<unknown>, code: ErrorCode) => assert.rejects(call, (error: unknown) => isBackupError(error, code));

describe('restore with a chain of its own', () => {
  for (const transfer of ['relay', 'server'] as const) {
    it(`${transfer}: the disk and the new backup equal the point, and the next backup is incremental and small`, async () => {
      const { chain, point } = await scene();
      const before = oldChain(chain);
      const { result, calls } = await callsDuring(chain, () => restore(chain, point, { transfer }));
      await isWhole(chain, point, 'after the restore');
      assert.equal(oldChain(chain), before, 'the old chain is as it was');
      assert.equal(bytesOf(calls, MOVES, NEW_BACKUP), 0, 'the service promotes by itself');
      assert.equal(bytesOf(calls, MOVES, TARGET), 6 * PAGE);
      assert.equal(result.written, 6 * PAGE);
      assert.deepEqual(
        live(chain, TARGET).map(({ id }) => id),
        [result.diskSnapshot],
      );
      assert.deepEqual(
        live(chain, NEW_BACKUP).map(({ id }) => id),
        [result.newPoint],
      );
      assert.equal(metadataOf(chain, TARGET)['pbb_restored_from'], `${BACKUP}?snapshot=${point}`);
      const mark = chain.service.oracle.contentOf({ url: TARGET, snapshot: result.diskSnapshot }).metadata['pbb_backup'];
      assert.equal(mark, NEW_BACKUP, 'by which the tree finds the chain');

      chain.service.foreign.write(TARGET, 5 * PAGE, new Uint8Array(PAGE).fill(9), 'holder');
      const next = await backupOn(chain);
      assert.equal(next.kind, 'incremental');
      assert.equal(next.number, 2);
      assert.equal(next.transferred, PAGE);
      await assertNewestIsDisk(chain);
    });
  }

  it('the plan says every step in order, and what was done before an interruption', async () => {
    const { chain, point } = await scene();
    const options = { world: chain.world };
    const plan = await planRestoreChain(requestFor(chain, point), options);
    assert.deepEqual(
      plan.steps.map(({ step, target, skipped }) => [step, target, skipped]),
      [
        ['promote', NEW_BACKUP, undefined],
        ['snapshotBackup', NEW_BACKUP, undefined],
        ['copy', TARGET, undefined],
        ['snapshotDisk', TARGET, undefined],
        ['record', NEW_BACKUP, undefined],
      ],
    );
    assert.equal(plan.estimate.written, 6 * PAGE);
    assert.equal(plan.resumes, false);
    assert.equal(exists(chain, TARGET) || exists(chain, NEW_BACKUP), false, 'a plan makes nothing');

    chain.service.interceptor = firstCalls('writePages', { kind: 'crash', effect: 'none' });
    await assert.rejects(restore(chain, point, { transfer: 'relay' }), Crash);
    chain.service.interceptor = undefined;
    const again = await planRestoreChain(requestFor(chain, point), options);
    assert.equal(again.resumes, true);
    assert.notEqual(again.steps[0]?.skipped, undefined);
    assert.equal(again.steps[2]?.skipped, undefined);
  });

  it('a service that does not copy by itself: the pages are written, and that is said', async () => {
    const { chain, point } = await scene();
    chain.service.interceptor = firstCalls('startCopy', { kind: 'throw', error: new BackupError('copySourceRefused', 'It may not.') });
    const warnings: string[] = [];
    await restore(chain, point, {}, {}, (event) => {
      if (event.type === 'warning') warnings.push(event.code);
    });
    assert.deepEqual(warnings, ['noServiceCopy']);
    await isWhole(chain, point, 'after pages were written one by one');
  });

  it('a copy that takes its time is followed, and one under way is gone on with', async () => {
    const { chain, point } = await scene({ switches: { copyPolls: 6 } });
    chain.service.interceptor = nthCall(14, { kind: 'crash', effect: 'none' });
    await assert.rejects(restore(chain, point), Crash);
    chain.service.interceptor = undefined;
    chain.world.jump(61_000);
    const { calls } = await callsDuring(chain, () => restore(chain, point));
    await isWhole(chain, point, 'after going on');
    assert.ok(calls.filter(({ operation }) => operation === 'startCopy').length <= 1);
  });

  it('stopped while the service copies: the copy is aborted, and the same request takes its place', async () => {
    const { chain, point } = await scene({ switches: { copyPolls: 50 } });
    const controller = new AbortController();
    chain.service.interceptor = (call) => {
      if (call.operation === 'properties' && call.url === NEW_BACKUP && exists(chain, NEW_BACKUP)) controller.abort();
      return undefined;
    };
    await fails(restore(chain, point, {}, { signal: controller.signal }), 'cancelled');
    chain.service.interceptor = undefined;
    assert.equal(chain.service.ledger.find(NEW_BACKUP)?.kind, 'page');
    await restore(chain, point);
    await isWhole(chain, point, 'after it was stopped');
  });

  it('cut off right after the point was recorded: the same request only takes the marks off', async () => {
    const { chain, point } = await scene();
    chain.service.interceptor = ({ operation, url, args }) =>
      operation === 'recordCreate' && url === NEW_CATALOGUE && args.name === '000001.json' ? { kind: 'crash', effect: 'done' } : undefined;
    await assert.rejects(restore(chain, point), Crash);
    chain.service.interceptor = undefined;
    assert.equal(metadataOf(chain, TARGET)['pbb_restore'], 'partial');
    chain.world.jump(61_000);
    const { calls } = await callsDuring(chain, () => restore(chain, point));
    const again = calls.filter(({ operation }) => ['createSnapshot', 'startCopy', ...MOVES].some((each) => each === operation));
    assert.deepEqual(again, []);
    await isWhole(chain, point, 'after the same request');
  });

  it('cut off right after the point was recorded, and the old point deleted: the disk is finished from its own chain', async () => {
    const { chain, point } = await scene();
    const { service, world } = chain;
    service.interceptor = ({ operation, url, args }) =>
      operation === 'recordCreate' && url === NEW_CATALOGUE && args.name === '000001.json' ? { kind: 'crash', effect: 'done' } : undefined;
    await assert.rejects(restore(chain, point), Crash);
    service.interceptor = undefined;
    world.jump(61_000);
    service.foreign.deleteSnapshot(BACKUP, point);
    await fails(restore(chain, point), 'snapshotNotFound');
    await fails(backupOn(chain), 'busy');
    const [first] = await newEntries(chain);
    const ports = { backup: service.pageBlob(NEW_BACKUP), catalogue: service.recordStore(NEW_CATALOGUE), disk: service.pageBlob(TARGET) };
    const request = { ...ports, point: first!.backup.snapshot };
    await resultOf(runRewind(await planRewind(request, { world }), request, { world }));
    assert.equal(metadataOf(chain, TARGET)['pbb_restore'], 'complete');
    service.foreign.write(TARGET, 5 * PAGE, new Uint8Array(PAGE).fill(9), 'holder');
    assert.equal((await backupOn(chain)).kind, 'incremental');
    await assertNewestIsDisk(chain);
  });

  it('a promoted blob that somebody wrote to before the restore was gone on with is written again', async () => {
    const { chain, point } = await scene();
    const { service, world } = chain;
    service.interceptor = ({ operation, url }) =>
      operation === 'createSnapshot' && url === NEW_BACKUP ? { kind: 'crash', effect: 'none' } : undefined;
    await assert.rejects(restore(chain, point), Crash);
    service.interceptor = undefined;
    world.jump(61_000);
    service.foreign.write(NEW_BACKUP, 0, new Uint8Array(PAGE).fill(99));
    // The proof that reads no page would not find it.
    await restore(chain, point, { proof: 'ranges' });
    await isWhole(chain, point, 'after somebody wrote to it');
  });

  it('an interrupted try has recorded a disk that the next one finds wrong: the point counts as failed, and says so', async () => {
    const { chain, point } = await scene();
    const { service } = chain;
    let isRecorded = false;
    // Somebody writes into the disk just before its snapshot; pages that are only listed do not tell. The record comes late, and the process dies.
    service.interceptor = ({ operation, url, args }) => {
      if (isRecorded) return { kind: 'crash', effect: 'none' };
      if (operation === 'createSnapshot' && url === TARGET) service.foreign.write(TARGET, 0, new Uint8Array(PAGE).fill(66), 'holder');
      if (operation !== 'recordCreate' || url !== NEW_CATALOGUE || args.name !== '000001.json') return undefined;
      isRecorded = true;
      return { kind: 'late', calls: 100_000 };
    };
    await assert.rejects(restore(chain, point, { transfer: 'relay', proof: 'ranges' }), Crash);
    chain.world.jump(61_000);
    service.interceptor = ({ operation, url }) => {
      if (operation === 'createSnapshot' && url === TARGET) service.late.deliver();
      return undefined;
    };
    await fails(restore(chain, point, { transfer: 'relay', proof: 'full' }), 'superseded');
    service.interceptor = undefined;
    const names = await service.recordStore(NEW_CATALOGUE).list();
    assert.ok(
      names.some((name) => name.startsWith('000001.proof-failed-')),
      names.join(),
    );
    assert.equal(metadataOf(chain, TARGET)['pbb_restore'], 'partial', 'the disk is not called complete');
  });

  it('two machines with the same request: one disk, one recorded point, nothing wrong', async () => {
    const { chain, point } = await scene();
    const both = await Promise.allSettled([restore(chain, point), restore(chain, point)]);
    assert.ok(both.some(({ status }) => status === 'fulfilled') || (await newEntries(chain)).length <= 1);
    await lawsHold(chain, point, 'after both');
    chain.world.jump(61_000);
    if (metadataOf(chain, TARGET)['pbb_restore'] !== 'complete') await restore(chain, point);
    await lawsHold(chain, point, 'in the end');
    assert.equal((await newEntries(chain)).length, 1);
  });

  it('a point that is gone between plan and run: nothing is made', async () => {
    const { chain, point } = await scene();
    const request = requestFor(chain, point);
    const options = { world: chain.world };
    const plan = await planRestoreChain(request, options);
    chain.service.foreign.deleteSnapshot(BACKUP, point);
    await fails(resultOf(runRestoreChain(plan, request, options)), 'snapshotNotFound');
    assert.equal(exists(chain, TARGET) || exists(chain, NEW_BACKUP), false);
    assert.deepEqual(await chain.service.recordStore(NEW_CATALOGUE).list(), [], 'nor a catalogue begun');
  });

  it('wrong use is refused before anything is made', async () => {
    const { chain, point } = await scene();
    const { service } = chain;
    const client = service.client('other');
    await fails(restore(chain, point, { newBackup: client.pageBlob(BACKUP) }), 'sameBlob');
    await fails(restore(chain, point, { newBackup: client.pageBlob(TARGET) }), 'sameBlob');
    await fails(restore(chain, point, { target: client.pageBlob(SOURCE) }), 'alreadyExists');
    await fails(restore(chain, 'no such point'), 'snapshotNotFound');
    assert.equal(exists(chain, TARGET) || exists(chain, NEW_BACKUP), false);

    service.foreign.createBlob(NEW_BACKUP, 16 * PAGE);
    await fails(planRestoreChain(requestFor(chain, point), { world: chain.world }), 'alreadyExists');
    await fails(restore(chain, point), 'alreadyExists');
    assert.equal(exists(chain, TARGET), false);
    await fails(restore(chain, point, { newCatalogue: client.recordStore(CATALOGUE) }), 'alreadyExists');
  });

  for (const mortal of RESTORE_CHAINS) {
    for (const effect of ['none', 'done'] as const) {
      it(`${mortal.name}, dying at any call with effect ${effect}, and again in the recovery: the same request ends right`, async () => {
        await crashSweep(mortal, effect, { every: 29, least: 30 });
      });
    }
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError, type ErrorCode } from '../../../src/engine/errors.ts';
import { planPromote } from '../../../src/engine/jobs/promote/promote.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { callsDuring, isPageWrite, liveSnapshots, newestEqualsDisk } from '../../support/chain/chainViews.ts';
import { SOURCE, type MemoryChain } from '../../support/chain/memoryChain.ts';
import { differs, promote, promotionScene } from '../../support/chain/promotionScene.ts';
import { crashSweep } from '../../support/crash/crashSweep.ts';
import { PROMOTION } from '../../support/crash/promotions.ts';
import { beforeCall, firstCalls } from '../../support/engine/faultPlans.ts';
import { Crash } from '../../support/memory/faults.ts';

const fails = (call: Promise<unknown>, code: ErrorCode) => assert.rejects(call, (error: unknown) => isBackupError(error, code));
const live = (chain: MemoryChain) => liveSnapshots(chain, SOURCE);

describe('promoting a snapshot over its base', () => {
  it('the blob is the snapshot, the blob as it was stays as a snapshot, and the next backup compares the whole disk', async () => {
    const { chain, snapshot, before } = await promotionScene();
    const count = live(chain).length;
    const { result, calls } = await callsDuring(chain, () => promote(chain, snapshot));
    assert.equal(differs(chain, undefined, snapshot), undefined);
    assert.equal(differs(chain, result.safetySnapshot, before), undefined);
    assert.equal(live(chain).length, count + 1, 'no snapshot is lost');
    assert.equal(calls.filter(isPageWrite).length, 0);
    assert.equal(result.proof.restCompared + result.proof.changedCompared, 6 * PAGE);
    const { metadata } = chain.service.oracle.contentOf({ url: SOURCE });
    assert.equal(metadata['pbb_restored_from'], `${SOURCE}?snapshot=${snapshot}`);
    assert.equal(metadata['pbb_before'], result.safetySnapshot);

    assert.equal((await chain.backup({ transfer: 'relay' })).kind, 'rebase');
    assert.equal(await newestEqualsDisk(chain), undefined);
    assert.deepEqual(await chain.faults(), []);
  });

  it('the plan says what it costs, and changes nothing', async () => {
    const { chain, snapshot } = await promotionScene();
    const { result, calls } = await callsDuring(chain, () =>
      planPromote({ blob: chain.service.pageBlob(SOURCE), snapshot }, { world: chain.world }),
    );
    assert.deepEqual(
      calls.filter(({ writes }) => writes),
      [],
    );
    assert.deepEqual([result.length, result.lengthNow, result.resumes], [16 * PAGE, 20 * PAGE, false]);
    assert.match(result.warnings.join(' '), /compare the whole disk/);
  });

  it('is refused on a leased blob, where a run is open, and for a snapshot that is not there', async () => {
    const { chain, snapshot, before } = await promotionScene();
    await fails(promote(chain, 'no such snapshot'), 'snapshotNotFound');
    await chain.service.pageBlob(SOURCE).setMetadata({ pbb_restore: 'partial' });
    await fails(promote(chain, snapshot), 'busy');
    await chain.service.pageBlob(SOURCE).setMetadata({});
    await chain.service.pageBlob(SOURCE).acquireLease(chain.world.uuid(), 60);
    await fails(promote(chain, snapshot), 'leaseHeld');
    assert.equal(differs(chain, undefined, before), undefined);
  });

  it('is refused where metadata leaves no room for its marks, before a snapshot is taken', async () => {
    const { chain, snapshot } = await promotionScene();
    chain.service.foreign.setMetadata(SOURCE, { notes: 'x'.repeat(8150) });
    const count = live(chain).length;
    await fails(promote(chain, snapshot), 'notSupported');
    assert.equal(live(chain).length, count);
    chain.service.foreign.setMetadata(SOURCE, { notes: 'x'.repeat(7800) });
    const { safetySnapshot } = await promote(chain, snapshot);
    assert.ok(safetySnapshot);
  });

  it('a blob that is written between the safety snapshot and the copy is not overwritten', async () => {
    const { chain, snapshot } = await promotionScene();
    chain.service.interceptor = beforeCall(
      ({ operation }) => operation === 'startCopy',
      () => chain.write(3, 77),
    );
    await assert.rejects(promote(chain, snapshot));
    chain.service.interceptor = undefined;
    const written = chain.service.foreign.snapshot(SOURCE);
    assert.equal(differs(chain, undefined, written), undefined);
    assert.notEqual(differs(chain, undefined, snapshot), undefined, 'what the VM wrote is there');
  });

  it('stopped while the service copies: the copy goes on, and the same request follows it', async () => {
    const { chain, snapshot, before } = await promotionScene({ switches: { copyPolls: 20 } });
    const controller = new AbortController();
    chain.service.interceptor = beforeCall(
      ({ operation, index }) => operation === 'properties' && index > 0 && chain.service.ledger.pageBlob(SOURCE).pendingCopy !== undefined,
      () => controller.abort(),
    );
    await fails(promote(chain, snapshot, { signal: controller.signal }), 'cancelled');
    chain.service.interceptor = undefined;
    assert.notEqual(chain.service.ledger.pageBlob(SOURCE).pendingCopy, undefined, 'nobody aborted it');
    const { result, calls } = await callsDuring(chain, () => promote(chain, snapshot));
    assert.deepEqual(
      calls.filter(({ operation }) => operation === 'startCopy' || operation === 'createSnapshot'),
      [],
    );
    assert.equal(differs(chain, undefined, snapshot), undefined);
    assert.equal(differs(chain, result.safetySnapshot, before), undefined);
  });

  it('a copy that fails leaves the blob empty, says where it is as it was, and can be taken up', async () => {
    const { chain, snapshot, before } = await promotionScene({ switches: { copyPolls: 20 } });
    chain.service.interceptor = beforeCall(
      ({ operation }) => operation === 'properties' && chain.service.ledger.pageBlob(SOURCE).pendingCopy !== undefined,
      () => chain.service.ledger.endCopy(chain.service.ledger.pageBlob(SOURCE), 'failed'),
    );
    await assert.rejects(promote(chain, snapshot), (error: unknown) => {
      assert.ok(isBackupError(error, 'copyFailed'));
      const safety = live(chain).at(-1)!.id;
      assert.ok(error.fullText.includes(safety));
      return differs(chain, safety, before) === undefined;
    });
    chain.service.interceptor = undefined;
    chain.service.switches.copyPolls = 0;
    const result = await promote(chain, snapshot);
    assert.equal(differs(chain, undefined, snapshot), undefined);
    assert.equal(differs(chain, result.safetySnapshot, before), undefined);
  });

  it('an answer that is lost is looked up: one safety snapshot, one copy', async () => {
    for (const operation of ['createSnapshot', 'startCopy'] as const) {
      const { chain, snapshot, before } = await promotionScene();
      const count = live(chain).length;
      chain.service.interceptor = firstCalls(operation, { kind: 'lostAnswer' });
      const result = await promote(chain, snapshot);
      assert.equal(live(chain).length, count + 1);
      assert.equal(differs(chain, undefined, snapshot), undefined);
      assert.equal(differs(chain, result.safetySnapshot, before), undefined);
    }
  });

  it('an earlier copy, or somebody else’s, is not taken for the one whose request was lost', async () => {
    const { chain, snapshot } = await promotionScene();
    await promote(chain, snapshot);
    chain.write(1, 44);
    const second = chain.service.foreign.snapshot(SOURCE);
    let isFirst = true;
    chain.service.interceptor = ({ operation }) => {
      if (operation !== 'startCopy' || !isFirst) return undefined;
      isFirst = false;
      chain.write(2, 55);
      return { kind: 'dropped' };
    };
    await fails(promote(chain, second), 'conditionNotMet');
    assert.notEqual(differs(chain, undefined, second), undefined, 'what somebody wrote is there');
  });

  it('another copy that takes the place of the one that is followed is no success', async () => {
    const { chain, snapshot, before } = await promotionScene({ switches: { copyPolls: 5 } });
    const { service } = chain;
    let polls = 0;
    service.interceptor = ({ operation }) => {
      const blob = service.ledger.pageBlob(SOURCE);
      if (operation !== 'properties' || !blob.pendingCopy || ++polls < 3) return undefined;
      service.ledger.endCopy(blob, 'success');
      service.foreign.copyBlobOver(SOURCE, { url: SOURCE, snapshot: before });
      return undefined;
    };
    await assert.rejects(promote(chain, snapshot), (error: unknown) => {
      return isBackupError(error, 'copyFailed') && /replaced by somebody else/.test(error.message) && !/empty/.test(error.fullText);
    });
  });

  it('two machines: whoever is second is told where the blob is as it was, and not to delete it', async () => {
    const { chain, snapshot, before } = await promotionScene();
    const both = await Promise.allSettled([promote(chain, snapshot), promote(chain, before)]);
    const refusals = both.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    assert.equal(refusals.length, 1);
    const [error] = refusals;
    assert.ok(isBackupError(error, 'conditionNotMet'), String(error));
    const safety = live(chain).filter(({ takenBy }) => takenBy.startsWith('promote'));
    assert.ok(safety.some(({ id }) => error.fullText.includes(id) && differs(chain, id, before) === undefined));
    assert.doesNotMatch(error.fullText, /delete/);
  });

  it('that dies between the snapshot of before and the copy takes no second one', async () => {
    const { chain, snapshot, before } = await promotionScene();
    chain.service.interceptor = firstCalls('startCopy', { kind: 'crash', effect: 'none' });
    await assert.rejects(promote(chain, snapshot), Crash);
    chain.service.interceptor = undefined;
    const { safetySnapshot } = await promote(chain, snapshot);
    const taken = live(chain).filter(({ takenBy }) => takenBy.startsWith('promote'));
    assert.deepEqual(
      taken.map(({ id }) => id),
      [safetySnapshot],
    );
    assert.equal(differs(chain, safetySnapshot, before), undefined);
  });

  for (const effect of ['none', 'done'] as const) {
    it(`dying at any call, effect ${effect}, and again in the recovery: nothing is lost, and the same request ends right`, async () => {
      await crashSweep(PROMOTION, effect, { every: 7, least: 10 });
    });
  }
});

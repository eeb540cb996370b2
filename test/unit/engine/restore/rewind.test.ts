import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError, type ErrorCode } from '../../../../src/engine/errors.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { bytesOf, callsDuring, isPageWrite, liveSnapshots } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE } from '../../../support/chain/memoryChain.ts';
import { restoreScene, type RestoreScene } from '../../../support/chain/restoreScene.ts';
import { beforeNthCall, firstCalls } from '../../../support/engine/faultPlans.ts';
import { Crash } from '../../../support/memory/faults.ts';
import { refusal } from '../../../support/memory/refusals.ts';

const equalsPoint = ({ chain, points }: RestoreScene, i: 0 | 1) =>
  assert.equal(chain.service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: points[i] }), undefined);
const equalsBefore = ({ chain, before }: RestoreScene, snapshot?: string) =>
  assert.equal(chain.service.oracle.differenceOf({ url: SOURCE, snapshot }, { url: SOURCE, snapshot: before }), undefined);
const marksOf = ({ chain }: RestoreScene) => chain.service.oracle.contentOf({ url: SOURCE }).metadata;
const propertiesOf = ({ chain }: RestoreScene) => chain.service.pageBlob(SOURCE).image().properties();
const fails = (call: Promise<unknown>, code: ErrorCode) => assert.rejects(call, (error: unknown) => isBackupError(error, code));

function spoilRecord({ chain: { service } }: RestoreScene, number: number): void {
  const url = `${CATALOGUE}/00000${number}.json`;
  service.ledger.containerOf(url).set(url, { kind: 'block', url, text: '{"format":2}' });
}

describe('rewind in place', () => {
  for (const transfer of ['relay', 'server'] as const) {
    it(`${transfer}: moves just what differs, keeps the disk's identity, and leaves the snapshot of what it was`, async () => {
      const scene = await restoreScene();
      const { createdOn } = await propertiesOf(scene);
      const { result, calls } = await callsDuring(scene.chain, () => scene.inPlace({ request: { transfer } }));
      equalsPoint(scene, 0);
      equalsBefore(scene, result.safetySnapshot);
      assert.deepEqual(
        [result.number, result.length, result.written, result.cleared, result.transferred, result.transfer],
        [1, 16 * PAGE, 4 * PAGE, 3 * PAGE, 4 * PAGE, transfer],
      );
      assert.equal(bytesOf(calls, ['writePages', 'writePagesFrom', 'clearPages']), 7 * PAGE);
      const after = await propertiesOf(scene);
      assert.deepEqual([after.createdOn, after.lease], [createdOn, 'available']);
      // The anchor of the chain, the foreign one, and the safety snapshot: the one for the proof is gone.
      assert.equal(liveSnapshots(scene.chain, SOURCE).length, 3);
      assert.ok(calls.findIndex(isPageWrite) > calls.findIndex(({ operation }) => operation === 'createSnapshot'));
    });
  }

  it('goes to the newest point too, where only the disk itself has changed since', async () => {
    const scene = await restoreScene();
    const { written, cleared } = await scene.inPlace({ request: { point: scene.points[1] } });
    equalsPoint(scene, 1);
    assert.deepEqual([written, cleared], [2 * PAGE, PAGE]);
  });

  it('the chain goes on: the next backup is incremental and holds what the rewind wrote', async () => {
    const scene = await restoreScene();
    await scene.inPlace();
    const { kind, number } = await scene.chain.backup();
    assert.deepEqual([kind, number], ['incremental', 3]);
    const newest = (await scene.chain.entries()).at(-1)!.backup.snapshot;
    assert.equal(scene.chain.service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: newest }), undefined);
    assert.deepEqual(await scene.chain.faults(), []);
  });

  it('says in its plan what it takes, and that the length changes', async () => {
    const scene = await restoreScene();
    const { by, estimate, length, lengthNow, warnings, resumes } = await scene.planInPlace();
    assert.deepEqual([by, length, lengthNow, resumes], ['difference', 16 * PAGE, 20 * PAGE, false]);
    assert.deepEqual([estimate?.written, estimate?.cleared], [4 * PAGE, 3 * PAGE]);
    assert.match(
      warnings.join('\n'),
      /in place.*\n.*\(10240 bytes\) long now .* \(8192 bytes\)\. What lies beyond is only in that snapshot/,
    );
    scene.chain.service.foreign.resize(SOURCE, 8 * PAGE, 'holder');
    const shorter = await scene.planInPlace();
    assert.match(shorter.warnings[1]!, /\(4096 bytes\) long now .* \(8192 bytes\)\.$/);
    assert.equal(shorter.warnings.length, 2);
  });

  for (const pages of [8, 32]) {
    it(`a disk of ${pages} pages gets the length of the point, and its safety snapshot has the other one`, async () => {
      const scene = await restoreScene();
      scene.chain.service.foreign.resize(SOURCE, pages * PAGE, 'holder');
      if (pages > 20) scene.chain.write(30, 8);
      const { safetySnapshot } = await scene.inPlace();
      equalsPoint(scene, 0);
      assert.equal(scene.chain.service.oracle.contentOf({ url: SOURCE, snapshot: safetySnapshot }).length, pages * PAGE);
    });
  }

  it('a damaged record before the point is of no matter; one at or after it makes it compare the whole disk', async () => {
    const older = await restoreScene();
    spoilRecord(older, 1);
    const { by } = await older.planInPlace({ point: older.points[1] });
    assert.equal(by, 'difference');
    await older.inPlace({ request: { point: older.points[1] } });
    equalsPoint(older, 1);

    const later = await restoreScene();
    spoilRecord(later, 2);
    const plan = await later.planInPlace();
    assert.equal(plan.by, 'compare');
    assert.match(plan.reason, /record of recovery point 2 cannot be read, so the whole disk is compared/);
    const { proof } = await later.inPlace();
    equalsPoint(later, 0);
    assert.equal(proof.level, 'full');
  });

  it('a later point that was found wrong, or is gone, or a service without differences: then the whole disk is compared', async () => {
    const gone = await restoreScene();
    gone.chain.service.foreign.deleteSnapshot(BACKUP, gone.points[1]);
    const without = await restoreScene();
    without.chain.service.switches.difference = 'ignored';
    const refused = await restoreScene();
    refused.chain.service.foreign.deleteSnapshot(SOURCE, (await refused.chain.entries())[1]!.source.snapshot);
    for (const scene of [gone, without, refused]) {
      assert.equal((await scene.planInPlace()).by, 'compare');
      const { safetySnapshot, written } = await scene.inPlace();
      equalsPoint(scene, 0);
      equalsBefore(scene, safetySnapshot);
      assert.equal(written, 4 * PAGE, 'what is equal is not written');
    }
  });

  it('differences that are taken away between plan and run are missed by nobody', async () => {
    const scene = await restoreScene();
    const { source } = (await scene.chain.entries())[1]!;
    await scene.inPlace({ between: () => scene.chain.service.foreign.deleteSnapshot(SOURCE, source.snapshot) });
    equalsPoint(scene, 0);
  });

  for (const what of ['the anchor', 'the newest point'] as const) {
    it(`${what} deleted by somebody at any call: it ends right, at the latest when it is run again`, async () => {
      let calls = Infinity;
      for (let at = 0; at < calls; at++) {
        const scene = await restoreScene({ seed: at + 1 });
        const { service, world } = scene.chain;
        const { source, backup } = (await scene.chain.entries())[1]!;
        service.interceptor = beforeNthCall(at, () => {
          if (what === 'the anchor') service.foreign.deleteSnapshot(SOURCE, source.snapshot);
          else service.foreign.deleteSnapshot(BACKUP, backup.snapshot);
        });
        const { calls: made } = await callsDuring(scene.chain, () =>
          scene.inPlace().catch((error: unknown) => {
            assert.ok(isBackupError(error), String(error));
            world.jump(61_000);
            return scene.inPlace();
          }),
        );
        calls = made.length;
        service.interceptor = undefined;
        equalsPoint(scene, 0);
        const safety = liveSnapshots(scene.chain, SOURCE).filter(({ takenBy }) => takenBy.startsWith('restore'));
        assert.ok(safety.some(({ id }) => scene.chain.service.bytesOf(SOURCE, id)[2 * PAGE] === 90));
        assert.deepEqual(await scene.chain.faults(), []);
      }
      assert.ok(calls > 40);
    });
  }

  it('what the disk’s VM wrote between plan and run is undone as well, and is in the safety snapshot', async () => {
    const scene = await restoreScene();
    const { safetySnapshot } = await scene.inPlace({ between: () => scene.chain.write(10, 77, 2) });
    equalsPoint(scene, 0);
    assert.equal(scene.chain.service.bytesOf(SOURCE, safetySnapshot)[10 * PAGE], 77);
  });

  it('where the first snapshot is refused the disk is as it was, unmarked and free, and can be backed up', async () => {
    const scene = await restoreScene();
    const marks = marksOf(scene);
    const limit = refusal('snapshotLimit', 'A premium page blob takes one snapshot in ten minutes.');
    scene.chain.service.interceptor = firstCalls('createSnapshot', { kind: 'throw', error: limit }, 1, SOURCE);
    await fails(scene.inPlace(), 'snapshotLimit');
    scene.chain.service.interceptor = undefined;
    equalsBefore(scene);
    assert.deepEqual(marksOf(scene), marks);
    assert.equal((await propertiesOf(scene)).lease, 'available');
    assert.equal((await scene.chain.backup()).kind, 'incremental');
  });

  for (const isStopped of [false, true]) {
    it(`${isStopped ? 'stopped' : 'dead'} while it wrote, it is gone on with under the lease that its record names`, async () => {
      const scene = await restoreScene();
      const { service, world } = scene.chain;
      const stop = new AbortController();
      service.interceptor = ({ operation, url }) => {
        if (operation !== 'writePages' || url !== SOURCE) return undefined;
        if (isStopped) stop.abort();
        return isStopped ? undefined : { kind: 'crash', effect: 'none' };
      };
      const first = scene.inPlace({ request: { transfer: 'relay' }, job: { signal: stop.signal } });
      if (isStopped) await fails(first, 'cancelled');
      else await assert.rejects(first, Crash);
      service.interceptor = undefined;
      if (!isStopped) world.jump(61_000);
      const { calls } = await callsDuring(scene.chain, () => scene.inPlace({ request: { transfer: 'relay' } }));
      const leases = calls.filter(({ operation }) => operation.endsWith('Lease'));
      assert.deepEqual(
        leases.map(({ operation, outcome }) => `${operation} ${outcome}`),
        ['renewLease done', 'changeLease done', 'releaseLease done'],
      );
      equalsPoint(scene, 0);
    });
  }

  it('a snapshot that was taken before the process died is the safety snapshot: no second one is taken', async () => {
    const scene = await restoreScene();
    scene.chain.service.interceptor = firstCalls('createSnapshot', { kind: 'crash', effect: 'done' }, 1, SOURCE);
    await assert.rejects(scene.inPlace(), (error: unknown) => error instanceof Crash);
    scene.chain.service.interceptor = undefined;
    scene.chain.world.jump(61_000);
    const { safetySnapshot } = await scene.inPlace();
    equalsPoint(scene, 0);
    const kept = liveSnapshots(scene.chain, SOURCE).filter(({ takenBy }) => takenBy.startsWith('restore'));
    assert.deepEqual(
      kept.map(({ id }) => id),
      [safetySnapshot],
    );
    equalsBefore(scene, safetySnapshot);
  });

  it('on a premium disk it stops before its proof, says so in the plan, and ends ten minutes later without writing again', async () => {
    const scene = await restoreScene();
    let last = -Infinity;
    scene.chain.service.interceptor = ({ operation, url }) => {
      if (operation !== 'createSnapshot' || url !== SOURCE) return undefined;
      const now = scene.chain.world.now();
      if (now - last < 600_000) return { kind: 'throw', error: refusal('snapshotLimit', 'One snapshot in ten minutes.') };
      last = now;
      return undefined;
    };
    await fails(scene.inPlace(), 'snapshotLimit');
    assert.equal(marksOf(scene)['pbb_restore'], 'partial');
    await fails(scene.chain.backup(), 'busy');
    scene.chain.world.jump(600_000);
    const { result, calls } = await callsDuring(scene.chain, () => scene.inPlace());
    equalsPoint(scene, 0);
    equalsBefore(scene, result.safetySnapshot);
    assert.deepEqual([bytesOf(calls, ['writePages', 'writePagesFrom', 'clearPages']), result.written], [0, 0]);

    const { ledger } = scene.chain.service;
    ledger.pageBlob(SOURCE).tier = 'P10';
    assert.match((await scene.planInPlace()).warnings.at(-1)!, /premium page blob takes one snapshot in ten minutes/);
  });

  for (const abortedWrites of ['none', 'atOnce', 'late'] as const) {
    it(`stopped at every call in turn (writes under way: ${abortedWrites}), it is as it was or goes on, and always has its safety snapshot`, async () => {
      let last = false;
      for (let at = 0; !last; at++) {
        const scene = await restoreScene({ seed: at + 1, switches: { abortedWrites } });
        const { service, world } = scene.chain;
        const stop = new AbortController();
        service.interceptor = beforeNthCall(at, () => stop.abort());
        last = await scene.inPlace({ job: { signal: stop.signal } }).then(
          () => !stop.signal.aborted,
          (error: unknown) => {
            assert.ok(isBackupError(error, 'cancelled'), String(error));
            return false;
          },
        );
        service.interceptor = undefined;
        service.late.deliver();
        const isTouched = service.oracle.differenceOf({ url: SOURCE }, { url: SOURCE, snapshot: scene.before }) !== undefined;
        const when = `stopped at call ${at}`;
        if (isTouched) assert.ok(['partial', 'complete'].includes(marksOf(scene)['pbb_restore'] ?? ''), when);
        // Where a late request has taken the lease once more it runs out.
        if ((await propertiesOf(scene)).lease === 'leased') world.jump(61_000);
        const safety = liveSnapshots(scene.chain, SOURCE).filter(({ takenBy }) => takenBy.startsWith('restore'));
        await scene.inPlace();
        equalsPoint(scene, 0);
        const kept = new Set(liveSnapshots(scene.chain, SOURCE).map(({ id }) => id));
        if (isTouched) {
          const equal = safety.filter(
            ({ id }) => service.oracle.differenceOf({ url: SOURCE, snapshot: id }, { url: SOURCE, snapshot: scene.before }) === undefined,
          );
          assert.ok(
            equal.some(({ id }) => kept.has(id)),
            when,
          );
        }
        if (last) assert.ok(at > 40, `the sweep went through ${at} calls`);
      }
    });
  }
});

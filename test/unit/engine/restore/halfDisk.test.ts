import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError, type ErrorCode } from '../../../../src/engine/errors.ts';
import { resultOf } from '../../../../src/engine/events.ts';
import { planBackup } from '../../../../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../../../../src/engine/jobs/backup/run.ts';
import { planPromote, runPromote } from '../../../../src/engine/jobs/promote/promote.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { liveSnapshots } from '../../../support/chain/chainViews.ts';
import { BACKUP, SOURCE } from '../../../support/chain/memoryChain.ts';
import { restoreScene, TARGET, type RestoreScene } from '../../../support/chain/restoreScene.ts';
import { Crash } from '../../../support/memory/faults.ts';

const fails = (call: Promise<unknown>, code: ErrorCode) => assert.rejects(call, (error: unknown) => isBackupError(error, code));

/** A rewind to the first point that died after its first page was written; its lease has run out. */
async function halfRewound(): Promise<RestoreScene & { readonly safety: string }> {
  const scene = await restoreScene();
  await diesHalfWay(scene);
  scene.chain.world.jump(61_000);
  const taken = liveSnapshots(scene.chain, SOURCE).find(({ takenBy }) => takenBy.startsWith('restore'));
  return { ...scene, safety: taken!.id };
}

async function diesHalfWay(scene: RestoreScene): Promise<void> {
  const { service } = scene.chain;
  service.interceptor = ({ operation, client }) =>
    operation === 'writePagesFrom' && client.startsWith('restore') ? { kind: 'crash', effect: 'done' } : undefined;
  await assert.rejects(scene.inPlace(), Crash);
  service.interceptor = undefined;
}

function equals({ chain, before }: RestoreScene, one: { url: string; snapshot?: string }, other: { url: string; snapshot?: string }): void {
  assert.equal(chain.service.oracle.differenceOf(one, other), undefined, `other than expected; the disk as it was is ${before}`);
}

describe('a disk whose restore in place did not end', () => {
  it('can be taken to another point, which keeps the snapshot of what it was', async () => {
    const scene = await halfRewound();
    const { chain, points, safety, before } = scene;
    chain.service.foreign.deleteSnapshot(BACKUP, points[0]);
    await fails(scene.inPlace(), 'snapshotNotFound');
    const plan = await scene.planInPlace({ point: points[1] });
    assert.match(plan.warnings.join(' '), /half way to another recovery point, .*\?snapshot=.*\. It goes to this one instead/);
    assert.equal(plan.resumes, false);

    const { safetySnapshot } = await scene.inPlace({ request: { point: points[1] } });
    assert.equal(safetySnapshot, safety);
    equals(scene, { url: SOURCE }, { url: BACKUP, snapshot: points[1] });
    equals(scene, { url: SOURCE, snapshot: safety }, { url: SOURCE, snapshot: before });
    assert.equal((await chain.backup()).kind, 'incremental');
  });

  it('ends also when somebody has deleted the snapshot of what it was: says so, and takes another', async () => {
    const scene = await halfRewound();
    scene.chain.service.foreign.deleteSnapshot(SOURCE, scene.safety);
    const { safetySnapshot } = await scene.inPlace();
    assert.notEqual(safetySnapshot, scene.safety);
    equals(scene, { url: SOURCE }, { url: BACKUP, snapshot: scene.points[0] });
  });

  it('can be taken back to what it was, by promoting that snapshot and no other', async () => {
    const scene = await halfRewound();
    const { chain, safety, before } = scene;
    const blob = chain.service.client('promote').pageBlob(SOURCE);
    const options = { world: chain.world };
    await assert.rejects(planPromote({ blob, snapshot: before }, options), (error: unknown) => {
      return isBackupError(error, 'busy') && error.fullText.includes(`promote ${safety}: the disk as it was before`);
    });
    const request = { blob, snapshot: safety };
    await resultOf(runPromote(await planPromote(request, options), request, options));
    equals(scene, { url: SOURCE }, { url: SOURCE, snapshot: before });
    assert.equal((await chain.backup()).kind, 'rebase');
  });

  it('a copy of the snapshot of what it was is a disk: no restore writes over it, and it can be backed up', async () => {
    const scene = await restoreScene();
    const { service } = scene.chain;
    const { safetySnapshot } = await scene.inPlace();
    await service.pageBlob(TARGET).startCopy(service.pageBlob(SOURCE).image(safetySnapshot), {});
    await fails(scene.toBlob(), 'alreadyExists');
    equals(scene, { url: TARGET }, { url: SOURCE, snapshot: scene.before });
    const other = { source: service.pageBlob(TARGET), backup: service.pageBlob(`${BACKUP}2`) };
    assert.equal((await scene.chain.backup({ ...other, catalogue: service.recordStore(`${BACKUP}2.chain`) })).kind, 'full');
  });

  it('a snapshot that a restore to a new blob could not delete is whole, and says nothing else', async () => {
    const scene = await restoreScene();
    const { service } = scene.chain;
    service.interceptor = ({ operation }) => (operation === 'deleteSnapshot' ? { kind: 'dropped' } : undefined);
    await scene.toBlob();
    service.interceptor = undefined;
    const [kept] = liveSnapshots(scene.chain, TARGET);
    assert.equal(kept?.metadata['pbb_restore'], undefined);
    equals(scene, { url: TARGET, snapshot: kept!.id }, { url: BACKUP, snapshot: scene.points[0] });
  });

  it('a machine whose look at it was old when it got the lease takes a snapshot of what was written since', async () => {
    const scene = await halfRewound();
    const { service } = scene.chain;
    const heldUp = Promise.withResolvers<void>();
    let isHeldUp = true;
    service.interceptor = ({ client, operation }) => {
      if (!isHeldUp || client !== 'restore1' || operation !== 'renewLease') return undefined;
      isHeldUp = false;
      heldUp.resolve();
      return { kind: 'delay', ms: 30_000 };
    };
    const slow = scene.inPlace();
    await heldUp.promise;
    await scene.inPlace();
    scene.chain.write(5, 123);
    const { safetySnapshot } = await slow;
    assert.notEqual(safetySnapshot, scene.safety);
    assert.equal(service.bytesOf(SOURCE, safetySnapshot)[5 * PAGE], 123);
  });
});

describe('a backup that was planned before a restore in place began', () => {
  const planned = async (scene: RestoreScene) => {
    const { request, world } = scene.chain.process();
    const plan = await planBackup(request, { world });
    return () => resultOf(runBackup(plan, request, { world }));
  };

  it('makes no point of half a disk', async () => {
    const scene = await restoreScene();
    const run = await planned(scene);
    await diesHalfWay(scene);
    const had = liveSnapshots(scene.chain, SOURCE).length;
    await fails(run(), 'busy');
    assert.equal(liveSnapshots(scene.chain, SOURCE).length, had, 'its own snapshot is gone');
    scene.chain.world.jump(61_000);
    await scene.inPlace();
    await scene.chain.backup();
    const tip = (await scene.chain.entries()).at(-1)!;
    equals(scene, { url: BACKUP, snapshot: tip.backup.snapshot }, { url: BACKUP, snapshot: scene.points[0] });
  });

  it('nor when that began and ended around its snapshot', async () => {
    const scene = await restoreScene();
    const { service } = scene.chain;
    const run = await planned(scene);
    const steps: string[] = [];
    service.interceptor = ({ client, operation, url }) => {
      if (operation !== 'createSnapshot' || url !== SOURCE || client.startsWith('restore')) return undefined;
      return { kind: 'delay', ms: 60_000 };
    };
    const backup = run().then(
      () => steps.push('a point'),
      (error: unknown) => steps.push(isBackupError(error, 'busy') ? 'busy' : String(error)),
    );
    await scene.inPlace();
    await backup;
    assert.deepEqual(steps, ['busy']);
    service.interceptor = undefined;
    await scene.chain.backup();
    assert.deepEqual(await scene.chain.faults(), []);
  });
});

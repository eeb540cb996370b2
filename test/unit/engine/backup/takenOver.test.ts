import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { resultOf } from '../../../../src/engine/events.ts';
import { planBackup } from '../../../../src/engine/jobs/backup/plan.ts';
import type { BackupRequest } from '../../../../src/engine/jobs/backup/request.ts';
import { runBackup } from '../../../../src/engine/jobs/backup/run.ts';
import { planRewind, runRewind } from '../../../../src/engine/jobs/restore/rewind.ts';
import { runVerify } from '../../../../src/engine/jobs/verify/verify.ts';
import type { RecordStore } from '../../../../src/engine/recordStore.ts';
import type { World } from '../../../../src/engine/world.ts';
import { liveSnapshots } from '../../../support/chain/chainViews.ts';
import { BACKUP, MemoryChain, SOURCE } from '../../../support/chain/memoryChain.ts';

/** A store whose commits wait at a gate, as those of a machine that falls asleep there. */
function gated(store: RecordStore) {
  const [arrived, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const create: RecordStore['create'] = async (name, text, options) => {
    if (/^\d+\.json$/.test(name)) {
      arrived.resolve();
      await opened.promise;
    }
    return store.create(name, text, options);
  };
  const held: RecordStore = {
    url: store.url,
    list: (options) => store.list(options),
    read: (name, options) => store.read(name, options),
    create,
  };
  return { store: held, arrived: arrived.promise, open: opened.resolve };
}

async function run(request: BackupRequest, world: World) {
  return resultOf(runBackup(await planBackup(request, { world }), request, { world }));
}

describe('a run whose machine slept in front of the commit, and was taken over', () => {
  it('cannot make an entry that names a snapshot which its successor threw away', async () => {
    const chain = new MemoryChain({ pages: 16 });
    chain.write(0, 1, 16);
    await chain.backup({ proof: 'full' });
    chain.write(5, 2);

    const sleeper = chain.process({ proof: 'changed', transfer: 'relay' });
    const gate = gated(sleeper.request.catalogue);
    const asleep = run({ ...sleeper.request, catalogue: gate.store }, sleeper.world);
    await gate.arrived;
    chain.world.jump(120_000);
    // The successor reads one bit wrong, so it finds the sleeper's snapshot wrong.
    let flipped = false;
    chain.service.interceptor = ({ operation, url }) => {
      if (flipped || operation !== 'read' || url !== BACKUP) return undefined;
      flipped = true;
      return { kind: 'flip' };
    };
    const successor = await chain.backup({ proof: 'changed', transfer: 'relay' });
    chain.service.interceptor = undefined;
    gate.open();
    const woken = await asleep;

    assert.ok(flipped);
    const entries = await chain.entries();
    assert.equal(entries.length, 2);
    const live = liveSnapshots(chain, BACKUP).map(({ id }) => id);
    assert.deepEqual(
      live,
      entries.map(({ backup }) => backup.snapshot),
      'every entry’s snapshot is there, and no other',
    );
    assert.deepEqual([successor.recoveryPoint, woken.recoveryPoint], [entries[1]!.backup.snapshot, entries[1]!.backup.snapshot]);
    assert.deepEqual(await chain.faults(), []);
  });
});

/** A chain whose second point is wrong: the service forgot the last change in its difference, and only ranges were proven. */
async function wrongSecondPoint() {
  const chain = new MemoryChain({ pages: 4096 });
  chain.write(0, 1, 4096);
  await chain.backup({ proof: 'full' });
  chain.write(10, 2);
  chain.write(3000, 2);
  chain.service.interceptor = ({ operation, url }) => (operation === 'changedSince' && url === SOURCE ? { kind: 'omit' } : undefined);
  await chain.backup({ proof: 'ranges', transfer: 'relay' });
  chain.service.interceptor = undefined;
  assert.equal((await chain.faults()).length, 1, 'the ground of the test');
  return chain;
}

async function verify(chain: MemoryChain) {
  const { request, world } = chain.process();
  return resultOf(runVerify({ ...request, proof: 'full' }, { world }));
}

describe('a point that a later verification found wrong', () => {
  it('is no ground for the next one, nor is one that was built on it', async () => {
    const chain = await wrongSecondPoint();
    chain.write(7, 3);
    const { request, world } = chain.process();
    // Both source snapshots stay, so that the older point can still be compared.
    await run({ ...request, transfer: 'relay', proof: 'ranges', keepSourceSnapshots: 2 }, world);
    await resultOf(runVerify({ ...request, proof: 'full', number: 2 }, { world }));
    chain.write(8, 4);
    const next = await chain.backup({ transfer: 'relay' });
    assert.equal(next.kind, 'rebase');
    assert.match(next.reason, /Recovery point 2 was found wrong/);
    assert.equal(chain.service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: next.recoveryPoint }), undefined);
  });

  it('does not mislead a rewind to an earlier one', async () => {
    const chain = await wrongSecondPoint();
    assert.equal((await verify(chain)).failed, 1);
    const { request, world } = chain.process();
    const point = (await chain.entries())[0]!.backup.snapshot;
    const rewind = {
      backup: request.backup,
      catalogue: request.catalogue,
      disk: request.source,
      point,
      transfer: 'relay',
      proof: 'changed',
    } as const;
    const plan = await planRewind(rewind, { world });
    assert.equal(plan.by, 'compare');
    await resultOf(runRewind(plan, rewind, { world }));
    assert.equal(chain.service.oracle.differenceOf({ url: SOURCE }, { url: BACKUP, snapshot: point }), undefined);
  });
});

describe('what is no disk, and what is no free place', () => {
  it('a source that a restore has left half way is not backed up', async () => {
    const chain = new MemoryChain();
    chain.service.foreign.setMetadata(SOURCE, { pbb_restore: 'partial' }, 'holder');
    await assert.rejects(chain.backup(), (error) => isBackupError(error, 'busy') && /not finished/.test(error.message));
  });

  it('an empty blob with somebody’s snapshots or metadata is not taken without being told to', async () => {
    for (const theirs of ['snapshot', 'metadata'] as const) {
      const chain = new MemoryChain();
      chain.write(0, 1);
      chain.service.foreign.createBlob(BACKUP, 4096, theirs === 'metadata' ? { owner: 'somebody' } : {});
      if (theirs === 'snapshot') chain.service.foreign.snapshot(BACKUP);
      await assert.rejects(chain.backup(), (error) => isBackupError(error, 'notOurs'), theirs);
      assert.equal((await chain.backup({ adopt: true })).number, 1);
    }
  });

  it('a blob with the mark of a chain and no catalogue asks for the catalogue, not for --adopt first', async () => {
    const chain = new MemoryChain();
    chain.write(0, 1);
    chain.service.foreign.createBlob(BACKUP, 4096, { pbb_chain: 'x' });
    chain.service.foreign.write(BACKUP, 0, new Uint8Array(512).fill(1));
    await assert.rejects(
      chain.backup(),
      (error) => isBackupError(error, 'notOurs') && /Name the place of its catalogue/.test(error.hint ?? ''),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError, type ErrorCode } from '../../../../src/engine/errors.ts';
import { resultOf } from '../../../../src/engine/events.ts';
import { planRestoreToBlob, runRestoreToBlob, type RestoreToBlobRequest } from '../../../../src/engine/jobs/restore/restoreToBlob.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import type { JobOptions } from '../../../../src/engine/tools.ts';
import { Catalogue } from '../../../../src/engine/chain/catalogue.ts';
import { toolsFor } from '../../../../src/engine/tools.ts';
import { bytesOf, callsDuring, changeDisk, chainWithOnePoint, isPageWrite } from '../../../support/chain/chainViews.ts';
import { BACKUP, CATALOGUE, MemoryChain } from '../../../support/chain/memoryChain.ts';
import { beforeNthCall, firstCalls, nthCall } from '../../../support/engine/faultPlans.ts';
import type { CallRecord } from '../../../support/memory/calls.ts';
import { Crash } from '../../../support/memory/faults.ts';
import type { Switches } from '../../../support/memory/switches.ts';

const TARGET = 'https://disks.example/vhds/restored.vhd';
const MOVES = ['writePages', 'writePagesFrom'] as const;

/** Two recovery points, of which the first is to be restored. */
async function scene(options: { seed?: number; switches?: Partial<Switches> } = {}) {
  const chain = await chainWithOnePoint(options);
  changeDisk(chain);
  await chain.backup({ transfer: 'relay' });
  const [first] = await chain.entries();
  return { chain, first: first!, restore: restorer(chain, first!.backup.snapshot) };
}

function restorer(chain: MemoryChain, point: string) {
  let clients = 0;
  return async (request: Partial<RestoreToBlobRequest> = {}, job: Partial<JobOptions> = {}) => {
    const client = chain.service.client(`restore${clients++}`);
    const all = {
      backup: client.pageBlob(BACKUP),
      catalogue: client.recordStore(CATALOGUE),
      point,
      target: client.pageBlob(TARGET),
      ...request,
    };
    const options = { world: chain.world, ...job };
    return resultOf(runRestoreToBlob(await planRestoreToBlob(all, options), all, options));
  };
}

const differs = ({ service }: MemoryChain, snapshot: string) => service.oracle.differenceOf({ url: TARGET }, { url: BACKUP, snapshot });
const metadataOf = ({ service }: MemoryChain) => service.oracle.contentOf({ url: TARGET }).metadata;
const exists = ({ service }: MemoryChain) => service.ledger.find(TARGET) !== undefined;
const fails = (call: Promise<unknown>, code: ErrorCode) => assert.rejects(call, (error: unknown) => isBackupError(error, code));

/** Half a disk is never taken for a whole one: a target is equal to the point, or is marked as partial, or is not there. */
function neverMistaken(chain: MemoryChain, snapshot: string, when: string): void {
  if (!exists(chain)) return;
  const mark = metadataOf(chain)['pbb_restore'];
  if (mark === 'complete') assert.equal(differs(chain, snapshot), undefined, when);
  else assert.equal(mark, 'partial', when);
}

describe('restore to a new blob', () => {
  for (const transfer of ['relay', 'server'] as const) {
    it(`${transfer}: the blob equals the point, is marked complete, and keeps neither lease nor snapshot`, async () => {
      const { chain, first, restore } = await scene();
      const { result, calls } = await callsDuring(chain, () => restore({ transfer, tier: 'P20' }));
      assert.equal(differs(chain, first.backup.snapshot), undefined);
      const { pbb_restore, pbb_restored_from, ...rest } = metadataOf(chain);
      assert.deepEqual(
        [pbb_restore, pbb_restored_from, Object.keys(rest)],
        ['complete', `${BACKUP}?snapshot=${first.backup.snapshot}`, ['pbb_restored_on']],
      );
      const { lease, tier } = await chain.service.pageBlob(TARGET).image().properties();
      assert.deepEqual([lease, tier], ['available', 'P20']);
      assert.deepEqual(
        chain.service.oracle.snapshotsEver(TARGET).filter(({ deletedBy }) => deletedBy === undefined),
        [],
      );
      assert.deepEqual([result.written, result.transferred, result.transfer, result.number], [6 * PAGE, 6 * PAGE, transfer, 1]);
      assert.equal(bytesOf(calls, MOVES), 6 * PAGE);
      assert.deepEqual(
        calls.filter(({ writes, url }) => writes && url !== TARGET),
        [],
        'the chain is left as it is',
      );
    });
  }

  it('it is marked as partial from its first moment until it is proven', async () => {
    const { chain, restore } = await scene();
    const marks: string[] = [];
    const operations: string[] = [];
    chain.service.interceptor = ({ operation }) => {
      if (!exists(chain)) return undefined;
      marks.push(metadataOf(chain)['pbb_restore'] ?? 'none');
      operations.push(operation);
      return undefined;
    };
    await restore();
    const complete = marks.indexOf('complete');
    assert.ok(complete > 10 && marks.slice(0, complete).every((mark) => mark === 'partial'));
    // Proven by then: after it only the lease and the snapshot for the proof are given up.
    assert.deepEqual(operations.slice(complete), ['releaseLease', 'deleteSnapshot']);
    assert.ok(operations.lastIndexOf('read') > operations.indexOf('createSnapshot'));
  });

  it('never writes over a blob, not even an empty one, nor one marked as of another point', async () => {
    const strangers: Readonly<Record<string, Record<string, string>>> = {
      plain: {},
      'complete of this point': { pbb_restore: 'complete' },
      'partial of another point': { pbb_restore: 'partial', pbb_restored_from: `${BACKUP}?snapshot=another` },
    };
    for (const [what, metadata] of Object.entries(strangers)) {
      const { chain, restore } = await scene();
      chain.service.foreign.createBlob(TARGET, PAGE, metadata);
      const { calls } = await callsDuring(chain, () => fails(restore(), 'alreadyExists'));
      assert.deepEqual(
        calls.filter(({ writes }) => writes),
        [],
        what,
      );
    }
  });

  it('nor one that comes into being between the plan and the run', async () => {
    const { chain, restore } = await scene();
    chain.service.interceptor = ({ operation }) => {
      if (operation === 'create' && !exists(chain)) chain.service.foreign.createBlob(TARGET, PAGE, { mine: 'yes' });
      return undefined;
    };
    await fails(restore(), 'alreadyExists');
    assert.deepEqual([metadataOf(chain), chain.service.oracle.contentOf({ url: TARGET }).length], [{ mine: 'yes' }, PAGE]);
  });

  it('restores catalogued points only: neither the backup blob as it is nor somebody’s snapshot of it', async () => {
    const { chain, restore } = await scene();
    await fails(restore({ point: chain.service.foreign.snapshot(BACKUP) }), 'notOurs');
    assert.ok(!exists(chain));
  });

  it('refuses a point that a later verification found wrong, one whose snapshot is gone, and one of another length', async () => {
    const { chain, first, restore } = await scene();
    const catalogue = new Catalogue(chain.service.recordStore(CATALOGUE), toolsFor({ world: chain.world }).retrier);
    await catalogue.addProof(1, false, 'v', {});
    await fails(restore(), 'integrity');
    const { backup } = (await chain.entries())[1]!;
    const other = await scene();
    other.chain.service.foreign.deleteSnapshot(BACKUP, first.backup.snapshot);
    await fails(other.restore(), 'snapshotNotFound');
    const third = await scene();
    const [entry] = await third.chain.entries();
    third.chain.service.foreign.deleteBlob(`${CATALOGUE}/000001.json`);
    await third.chain.service
      .recordStore(CATALOGUE)
      .create('000001.json', JSON.stringify({ ...entry, source: { ...entry!.source, length: 5 * PAGE } }));
    await fails(third.restore(), 'integrity');
    assert.ok(backup.snapshot && !exists(chain) && !exists(third.chain));
  });

  it('a page that was written wrong is found and mended before the blob is called complete', async () => {
    const { chain, first, restore } = await scene();
    chain.service.interceptor = firstCalls('createSnapshot', { kind: 'delay', ms: 1 });
    let spoilt = false;
    chain.service.interceptor = ({ operation, url }) => {
      if (operation === 'createSnapshot' && url === TARGET && !spoilt) {
        spoilt = true;
        chain.service.foreign.write(TARGET, 2 * PAGE, new Uint8Array(PAGE).fill(222), 'holder');
      }
      return undefined;
    };
    await restore({ transfer: 'relay' });
    assert.ok(spoilt);
    assert.equal(differs(chain, first.backup.snapshot), undefined);
  });

  for (const abortedWrites of ['none', 'atOnce'] as const) {
    it(`stopped at every call in turn (writes under way: ${abortedWrites}), never mistaken for whole, and the same request then ends right`, async () => {
      let last = false;
      for (let at = 0; !last; at++) {
        const { chain, first, restore } = await scene({ seed: at + 1, switches: { abortedWrites } });
        const stop = new AbortController();
        chain.service.interceptor = beforeNthCall(at, () => stop.abort());
        last = await restore({}, { signal: stop.signal }).then(
          () => !stop.signal.aborted,
          () => false,
        );
        chain.service.interceptor = undefined;
        neverMistaken(chain, first.backup.snapshot, `stopped at call ${at}`);
        if (!exists(chain) || metadataOf(chain)['pbb_restore'] === 'partial') await restore();
        assert.equal(metadataOf(chain)['pbb_restore'], 'complete');
        assert.equal(differs(chain, first.backup.snapshot), undefined);
        if (last) assert.ok(at > 20, `the sweep went through ${at} calls`);
      }
    });
  }

  for (const effect of ['none', 'done'] as const) {
    it(`dead at every call in turn (effect ${effect}), never mistaken for whole, and the same request then ends right`, async () => {
      let died = true;
      for (let at = 0; died; at++) {
        const { chain, first, restore } = await scene({ seed: at + 1 });
        chain.service.interceptor = nthCall(at, { kind: 'crash', effect });
        died = await restore({ transfer: 'relay' }).then(
          () => false,
          (error) => error instanceof Crash,
        );
        chain.service.interceptor = undefined;
        neverMistaken(chain, first.backup.snapshot, `dead at call ${at}`);
        chain.world.jump(61_000);
        if (!exists(chain) || metadataOf(chain)['pbb_restore'] === 'partial') await restore({ transfer: 'relay' });
        assert.equal(metadataOf(chain)['pbb_restore'], 'complete');
        assert.equal(differs(chain, first.backup.snapshot), undefined);
        if (!died) assert.ok(at > 20);
      }
    });
  }

  it('goes on from where it was', async () => {
    const chain = new MemoryChain({ pages: 48, switches: { abortedWrites: 'none' } });
    for (let page = 0; page < 48; page += 2) chain.write(page, 1 + page);
    await chain.backup();
    const restore = restorer(chain, (await chain.entries())[0]!.backup.snapshot);
    const stop = new AbortController();
    let left = 10;
    chain.service.interceptor = (call) => void (isPageWrite(call as CallRecord) && left-- === 0 && stop.abort());
    const before = await callsDuring(chain, () =>
      fails(restore({}, { signal: stop.signal, limits: { calls: 1, bytes: Infinity } }), 'cancelled'),
    );
    chain.service.interceptor = undefined;
    const after = await callsDuring(chain, () => restore());
    assert.equal(bytesOf(before.calls, MOVES) + bytesOf(after.calls, MOVES), 24 * PAGE);
  });

  it('two restores to one name at once: one says busy or that the name is taken', async () => {
    const { chain, first, restore } = await scene();
    const outcomes = await Promise.all(
      [1, 2].map(() =>
        restore().then(
          () => 'done',
          (error) => (isBackupError(error) ? error.code : String(error)),
        ),
      ),
    );
    assert.ok(outcomes.includes('done') && outcomes.some((code) => code === 'busy' || code === 'alreadyExists'), outcomes.join());
    assert.equal(differs(chain, first.backup.snapshot), undefined);
  });
});

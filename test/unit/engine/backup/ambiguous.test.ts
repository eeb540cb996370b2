import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { isBackupError, type BackupError } from '../../../../src/engine/errors.ts';
import {
  changeDisk,
  chainWithOnePoint,
  isPageWrite,
  liveSnapshots,
  newestEqualsDisk,
  trespasses,
} from '../../../support/chain/chainViews.ts';
import { BACKUP, SOURCE, type MemoryChain } from '../../../support/chain/memoryChain.ts';
import { nthCall } from '../../../support/engine/faultPlans.ts';
import type { CallRecord } from '../../../support/memory/calls.ts';
import type { Fault } from '../../../support/memory/faults.ts';
import { throttled } from '../../../support/memory/refusals.ts';

/** One backup of a changed disk, with what goes wrong meanwhile. */
async function backedUp(
  faults: (chain: MemoryChain) => NonNullable<MemoryChain['service']['interceptor']>,
  seed = 1,
  transfer: 'relay' | 'server' = 'relay',
) {
  const chain = await chainWithOnePoint({ seed });
  changeDisk(chain);
  const from = chain.service.calls.length;
  chain.service.interceptor = faults(chain);
  const result = await chain.backup({ transfer, proof: 'changed' });
  chain.service.interceptor = undefined;
  return { chain, result, calls: chain.service.calls.slice(from) };
}

/** One recovery point more, one snapshot of the source and one more of the backup, and all is right; late requests too. */
async function oneGoodPoint(chain: MemoryChain, when: string, strays = 0): Promise<void> {
  chain.service.late.deliver();
  assert.equal((await chain.entries()).length, 2, when);
  assert.ok(liveSnapshots(chain, BACKUP).length <= 2 + strays, `snapshots of the backup, ${when}`);
  assert.ok(liveSnapshots(chain, SOURCE).length <= 1 + strays, `snapshots of the source, ${when}`);
  assert.deepEqual(await chain.faults(), [], when);
  assert.equal(await newestEqualsDisk(chain), undefined, when);
  assert.deepEqual(trespasses(chain), [], when);
}

const everyCall: Readonly<Record<string, { fault: Fault; strays: number }>> = {
  'has its effect and loses its answer': { fault: { kind: 'lostAnswer' }, strays: 0 },
  'is lost on the way': { fault: { kind: 'dropped' }, strays: 0 },
  'is half done and loses its answer': { fault: { kind: 'torn' }, strays: 0 },
  'arrives twice': { fault: { kind: 'duplicate' }, strays: 1 },
  'comes a few calls late': { fault: { kind: 'late', calls: 3 }, strays: 1 },
  'comes much later': { fault: { kind: 'late' }, strays: 1 },
};

describe('law 5: a call whose effect is unknown', () => {
  for (const [what, { fault, strays }] of Object.entries(everyCall)) {
    it(`every call in turn ${what}: exactly one recovery point, and it is right`, async () => {
      let calls = 1;
      for (let at = 0; at < calls; at++) {
        const run = await backedUp(() => nthCall(at, fault), at + 1, at % 2 ? 'relay' : 'server');
        calls = Math.max(calls, run.calls.length);
        await oneGoodPoint(run.chain, `call ${at}, ${run.calls[at]?.operation}`, strays);
      }
      assert.ok(calls > 40);
    });
  }

  it('every first answer of the whole run is lost: exactly one recovery point', async () => {
    const { chain } = await backedUp(() => {
      const heard = new Set<string>();
      return ({ operation, url, args }) => {
        const key = JSON.stringify([operation, url, args.range, args.other]);
        if (heard.has(key)) return undefined;
        heard.add(key);
        return { kind: 'lostAnswer' };
      };
    });
    await oneGoodPoint(chain, 'all');
  });

  it('every fifth answer is lost and every seventh call is refused as too many: exactly one recovery point', async () => {
    const { chain } = await backedUp(() => {
      let n = 0;
      return () => (++n % 5 === 0 ? { kind: 'lostAnswer' } : n % 7 === 0 ? { kind: 'throw', error: throttled() } : undefined);
    });
    await oneGoodPoint(chain, 'all');
  });

  it('an ambiguous page write is fenced off by a higher epoch before it is sent again, and only then', async () => {
    const { calls } = await backedUp(() => {
      let left = 1;
      return (call) => (isPageWrite(call as CallRecord) && left-- > 0 ? { kind: 'late' } : undefined);
    });
    const spoilt = calls.findIndex(({ fault }) => fault !== undefined);
    const again = calls.findLastIndex((call) => isPageWrite(call) && call.args.range!.start === calls[spoilt]!.args.range!.start);
    const raised = calls.findIndex(({ operation }, i) => operation === 'raiseEpoch' && i > spoilt);
    assert.ok(spoilt < raised && raised < again);
    assert.ok(calls[again]!.args.fence!.epoch! > calls[spoilt]!.args.fence!.epoch!);
    assert.equal(calls.filter(({ operation }) => operation === 'raiseEpoch').length, 2);
  });

  it('a late page write cannot dirty the backup of the next run: it is refused when it arrives', async () => {
    const { chain } = await backedUp(() => {
      let left = 1;
      return (call) => (isPageWrite(call as CallRecord) && left-- > 0 ? { kind: 'late' } : undefined);
    });
    chain.write(1, 91);
    await chain.backup({ transfer: 'relay' });
    const before = chain.service.bytesOf(BACKUP);
    chain.service.late.deliver();
    assert.deepEqual(chain.service.bytesOf(BACKUP), before);
    assert.equal((await chain.backup()).kind, 'unchanged', 'no page was touched');
  });
});

describe('what a service may do to pages behind a good answer', () => {
  /** Something happens to the backup blob between the last page write and its snapshot, past lease and epoch. */
  const damage: Readonly<Record<string, (chain: MemoryChain) => void>> = {
    'a changed page is wrong': ({ service }) => service.foreign.write(BACKUP, 4 * PAGE, new Uint8Array(PAGE).fill(250), 'holder'),
    'a page that did not change is wrong': ({ service }) =>
      service.foreign.write(BACKUP, 2 * PAGE, new Uint8Array(PAGE).fill(250), 'holder'),
    'a page is missing': ({ service }) => service.foreign.clear(BACKUP, 0, PAGE, 'holder'),
    'a page is too much': ({ service }) => service.foreign.write(BACKUP, 15 * PAGE, new Uint8Array(PAGE), 'holder'),
    'it is too short': ({ service }) => service.foreign.resize(BACKUP, 8 * PAGE, 'holder'),
    'it is too long': ({ service }) => service.foreign.resize(BACKUP, 24 * PAGE, 'holder'),
  };
  for (const [what, happens] of Object.entries(damage)) {
    for (const proof of ['ranges', 'changed'] as const) {
      it(`${what}: the wrong snapshot is deleted, the blob mended, and only a right one counts (${proof})`, async () => {
        const chain = await chainWithOnePoint();
        changeDisk(chain);
        let times = 2;
        chain.service.interceptor = ({ operation, url }) => {
          if (operation === 'createSnapshot' && url === BACKUP && times-- > 0) happens(chain);
          return undefined;
        };
        const warnings: string[] = [];
        const result = await chain.backup(
          { transfer: 'relay', proof },
          {},
          (event) => void (event.type === 'warning' && warnings.push(event.code)),
        );
        // A wrong byte in a page that had to change shows only where the page is read.
        const shows = proof !== 'ranges' || what !== 'a changed page is wrong';
        if (!shows) return;
        assert.ok(warnings.length >= 2 && warnings.every((code) => code === 'repaired'));
        assert.deepEqual(
          liveSnapshots(chain, BACKUP).map(({ id }) => id),
          (await chain.entries()).map(({ backup }) => backup.snapshot),
        );
        assert.deepEqual(await chain.faults(), []);
        assert.ok(result.transferred >= result.written);
      });
    }
  }

  it('somebody who keeps at it: no point, an error that says so, and earlier points unharmed', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    let value = 0;
    chain.service.interceptor = ({ operation, url }) => {
      if (operation === 'createSnapshot' && url === BACKUP)
        chain.service.foreign.write(BACKUP, 4 * PAGE, new Uint8Array(PAGE).fill(100 + value++), 'holder');
      return undefined;
    };
    await assert.rejects(chain.backup({ transfer: 'relay' }), (error) => isBackupError(error, 'integrity') && error.unharmed !== undefined);
    chain.service.interceptor = undefined;
    assert.ok(value > 2 && value < 10, `${value} tries`);
    assert.equal((await chain.entries()).length, 1);
    await chain.backup({ transfer: 'relay' });
    assert.equal(await newestEqualsDisk(chain), undefined);
    assert.equal(liveSnapshots(chain, BACKUP).length, 2, 'the wrong snapshots go when there is a right one');
  });

  it('a list that is short by one element, though it looks complete: no wrong point', async () => {
    let calls = 1;
    for (let at = 0; at < calls; at++) {
      const chain = await chainWithOnePoint({ switches: { windowSize: 2 } });
      changeDisk(chain);
      const from = chain.service.calls.length;
      const plan = nthCall(at, { kind: 'omit' });
      chain.service.interceptor = plan;
      const outcome = await chain.backup({ transfer: 'relay', proof: 'full' }).then(
        () => 'committed',
        (error: BackupError) => error.code,
      );
      chain.service.interceptor = undefined;
      calls = Math.max(calls, chain.service.calls.length - from);
      // Where the catalogue's list is short, the backup blob is nobody's or the next number is taken.
      assert.ok(['committed', 'superseded', 'notOurs'].includes(outcome), outcome);
      assert.deepEqual(await chain.faults(), [], `call ${at}`);
    }
  });

  it('a bit that flips on the way in any read: one point, and it is right', async () => {
    let calls = 1;
    for (let at = 0; at < calls; at++) {
      const run = await backedUp(() => nthCall(at, { kind: 'flip' }), at + 1);
      calls = Math.max(calls, run.calls.length);
      assert.deepEqual(await run.chain.faults(), [], `call ${at}`);
      assert.equal((await run.chain.entries()).length, 2);
    }
  });
});

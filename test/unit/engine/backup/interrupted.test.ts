import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../../../src/engine/errors.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import {
  bytesOf,
  callsDuring,
  changeDisk,
  chainWithOnePoint,
  isPageWrite,
  liveSnapshots,
  newestEqualsDisk,
  trespasses,
} from '../../../support/chain/chainViews.ts';
import { BACKUP, MemoryChain, SOURCE } from '../../../support/chain/memoryChain.ts';
import { beforeNthCall } from '../../../support/engine/faultPlans.ts';
import type { CallRecord } from '../../../support/memory/calls.ts';
import type { Switches } from '../../../support/memory/switches.ts';

const MOVES = ['writePages', 'writePagesFrom'] as const;
const ONE_AT_A_TIME = { limits: { calls: 1, bytes: Infinity } };

/** A chain with one point, and changes in many single pages, each a write of its own. */
async function scattered(switches: Partial<Switches> = {}): Promise<MemoryChain> {
  const chain = new MemoryChain({ pages: 48, switches: { abortedWrites: 'none', ...switches } });
  chain.write(0, 1);
  await chain.backup();
  for (let page = 1; page < 48; page += 2) chain.write(page, 1 + page);
  return chain;
}
const SCATTERED = 24 * PAGE;

/** Runs until right before the nth page write, where the run is stopped by its user or its process dies. */
async function broken(chain: MemoryChain, nth: number, how: 'cancelled' | 'crash', options: Parameters<MemoryChain['backup']>[0] = {}) {
  const stop = new AbortController();
  let left = nth;
  chain.service.interceptor = (call) => {
    if (!isPageWrite(call as CallRecord) || left-- > 0) return undefined;
    if (how === 'crash') return { kind: 'crash', effect: 'none' };
    stop.abort();
    return undefined;
  };
  const { calls } = await callsDuring(chain, () =>
    assert.rejects(
      chain.backup({ transfer: 'relay', ...options }, { signal: stop.signal, ...ONE_AT_A_TIME }),
      (error) => how === 'crash' || isBackupError(error, 'cancelled'),
    ),
  );
  chain.service.interceptor = undefined;
  return bytesOf(calls, MOVES);
}

describe('a run that was stopped', () => {
  it('when it is finished, its point tells all that the disk changed, and the run what it moved itself', async () => {
    const chain = await scattered();
    const before = await broken(chain, 10, 'cancelled');
    const { resumed, written, transferred } = await chain.backup({ transfer: 'relay' });
    assert.deepEqual({ resumed, written, transferred }, { resumed: true, written: SCATTERED, transferred: SCATTERED - before });
    assert.equal((await chain.entries()).at(-1)!.written, SCATTERED);
  });

  for (const abortedWrites of ['none', 'atOnce'] as const) {
    it(`stopped at every call in turn (writes under way take effect ${abortedWrites}), the same command then ends right, in one recovery point`, async () => {
      const clean = await chainWithOnePoint();
      changeDisk(clean);
      const { calls } = await callsDuring(clean, () => clean.backup({ transfer: 'relay' }));
      for (let at = 0; at < calls.length; at++) {
        const chain = await chainWithOnePoint({ seed: at + 1, switches: { abortedWrites } });
        changeDisk(chain);
        const stop = new AbortController();
        chain.service.interceptor = beforeNthCall(at, () => stop.abort());
        const stopped = await chain.backup({ transfer: 'relay' }, { signal: stop.signal }).then(
          () => false,
          (error) => isBackupError(error, 'cancelled'),
        );
        chain.service.interceptor = undefined;
        // Nobody waits for the lease to run out: a run that stopped in order gives way at once.
        const when = `stopped at call ${at}, ${calls[at]!.operation}`;
        const next = await chain.backup({ transfer: 'relay' }).catch((error: unknown) => assert.fail(`${when}: ${String(error)}`));
        const entries = await chain.entries();
        assert.deepEqual([entries.length, next.number], [2, 2], when);
        if (!stopped) assert.equal(next.kind, 'unchanged', when);
        assert.deepEqual(await chain.faults(), []);
        assert.equal(await newestEqualsDisk(chain), undefined, when);
        assert.deepEqual(trespasses(chain), []);
      }
      assert.ok(calls.length > 40);
    });
  }

  it('stopped while it takes hold of what another stopped run left, it loses nothing that was applied', async () => {
    for (const at of ['renewLease', 'changeLease', 'raiseEpoch', 'setMetadata'] as const) {
      for (const abortedWrites of ['none', 'atOnce'] as const) {
        const chain = await scattered({ abortedWrites: 'none' });
        const before = await broken(chain, 15, 'cancelled');
        chain.service.switches.abortedWrites = abortedWrites;
        const stop = new AbortController();
        chain.service.interceptor = ({ operation }) => void (operation === at && stop.abort());
        await assert.rejects(chain.backup({ transfer: 'relay' }, { signal: stop.signal }), (error) => isBackupError(error, 'cancelled'));
        chain.service.interceptor = undefined;
        const { calls } = await callsDuring(chain, () => chain.backup({ transfer: 'relay' }));
        assert.equal(before + bytesOf(calls, MOVES), SCATTERED, `${at}, ${abortedWrites}`);
      }
    }
  });

  for (const how of ['cancelled', 'crash'] as const) {
    it(`goes on from where it was, as its lease proves (${how}): nothing is copied twice but what was under way`, async () => {
      // Each call takes five seconds, so the record is written down every few pages, and a dead process loses little.
      const chain = await scattered({ latency: { min: 5000, max: 5000 } });
      const before = await broken(chain, 15, how);
      assert.equal(before, 15 * PAGE);
      if (how === 'crash') chain.world.jump(61_000);
      const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'relay' }));
      const after = bytesOf(calls, MOVES);
      assert.ok(result.resumed);
      // A run that was stopped noted just how far it was, one that died how far it was fifteen seconds before.
      const again = before + after - SCATTERED;
      assert.ok(again >= 0 && again <= (how === 'crash' ? 4 : 0) * PAGE, `${again} bytes again`);
      assert.deepEqual(await chain.faults(), []);
      assert.equal(await newestEqualsDisk(chain), undefined);
    });
  }

  it('uses the same source snapshot, and leaves no other behind', async () => {
    const chain = await scattered();
    await broken(chain, 3, 'cancelled');
    const ids = liveSnapshots(chain, SOURCE).map(({ id }) => id);
    chain.write(2, 99);
    const result = await chain.backup();
    assert.equal(result.sourceSnapshot, ids.at(-1));
    assert.deepEqual(
      liveSnapshots(chain, SOURCE).map(({ id }) => id),
      [result.sourceSnapshot],
    );
    assert.deepEqual(await chain.faults(), []);
    // What the disk has become since comes with the next run.
    assert.equal((await chain.backup()).kind, 'incremental');
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  const noProof: Readonly<Record<string, (chain: MemoryChain) => void>> = {
    'somebody wrote to the backup blob': ({ service }) => service.foreign.write(BACKUP, PAGE, new Uint8Array(PAGE).fill(66)),
    'somebody cleared pages of it': ({ service }) => service.foreign.clear(BACKUP, 0, 8 * PAGE),
    'somebody resized it': ({ service }) => {
      service.foreign.resize(BACKUP, 2 * PAGE);
      service.foreign.resize(BACKUP, 48 * PAGE);
    },
    'another lease was on it': ({ service }) => {
      service.foreign.acquireLease(BACKUP, 'somebody', 15);
      service.foreign.breakLease(BACKUP);
    },
  };
  for (const [what, happens] of Object.entries(noProof)) {
    for (const resizeTracked of [true, false]) {
      it(`starts over when its lease proves nothing: ${what} (resizes ${resizeTracked ? '' : 'not '}told)`, async () => {
        const chain = await scattered({ resizeTracked });
        await broken(chain, 15, 'cancelled');
        chain.world.jump(61_000);
        happens(chain);
        const { calls } = await callsDuring(chain, () => chain.backup({ transfer: 'relay' }));
        assert.ok(bytesOf(calls, MOVES) >= SCATTERED, 'every changed page again');
        assert.deepEqual(await chain.faults(), []);
        assert.equal(await newestEqualsDisk(chain), undefined);
      });
    }
  }

  it('takes another source snapshot when its own is gone, and trusts nothing that was applied from it', async () => {
    const chain = await scattered();
    await broken(chain, 15, 'cancelled');
    chain.service.foreign.deleteSnapshot(SOURCE, liveSnapshots(chain, SOURCE).at(-1)!.id);
    chain.write(1, 200);
    chain.clear(3);
    const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'relay' }));
    assert.equal(result.resumed, false);
    assert.equal(bytesOf(calls, MOVES), SCATTERED - PAGE);
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('a full copy that was stopped goes on too, and clears what does not belong there', async () => {
    const chain = await scattered();
    const before = await broken(chain, 10, 'cancelled', { full: true });
    const { result, calls } = await callsDuring(chain, () => chain.backup({ full: true, transfer: 'relay' }));
    assert.deepEqual([result.kind, result.resumed], ['full', true]);
    assert.equal(before + bytesOf(calls, MOVES), SCATTERED + PAGE);
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('a rebase that was stopped goes on too, and compares no page again that its lease vouches for', async () => {
    const chain = await scattered();
    chain.service.foreign.deleteSnapshot(SOURCE, (await chain.entries())[0]!.source.snapshot);
    const before = await broken(chain, 10, 'cancelled');
    const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'relay', proof: 'ranges' }));
    assert.deepEqual([result.kind, result.resumed], ['rebase', true]);
    assert.equal(before + bytesOf(calls, MOVES), SCATTERED);
    assert.equal(await newestEqualsDisk(chain), undefined);
  });

  it('a backup snapshot that was taken and proven right is used, not taken again', async () => {
    const chain = await chainWithOnePoint();
    changeDisk(chain);
    const stop = new AbortController();
    chain.service.switches.abortedWrites = 'none';
    chain.service.interceptor = ({ operation }) => void (operation === 'recordCreate' && stop.abort());
    await assert.rejects(chain.backup({ transfer: 'relay' }, { signal: stop.signal }), (error) => isBackupError(error, 'cancelled'));
    chain.service.interceptor = undefined;
    const taken = liveSnapshots(chain, BACKUP).at(-1)!.id;
    const { result, calls } = await callsDuring(chain, () => chain.backup({ transfer: 'relay' }));
    assert.equal(result.recoveryPoint, taken);
    assert.deepEqual(calls.filter(isPageWrite), []);
    assert.deepEqual(await chain.faults(), []);
  });

  it('when the snapshot of the interrupted run shows nothing new, the disk as it is now is backed up', async () => {
    const chain = await chainWithOnePoint();
    const stop = new AbortController();
    chain.service.switches.abortedWrites = 'none';
    chain.service.interceptor = ({ operation, url }) =>
      void (operation === 'changedSince' && url === SOURCE && chain.service.calls.at(-1)!.snapshot !== undefined && stop.abort());
    await assert.rejects(chain.backup({}, { signal: stop.signal }), (error) => isBackupError(error, 'cancelled'));
    chain.service.interceptor = undefined;
    chain.write(5, 55);
    const result = await chain.backup();
    assert.deepEqual([result.kind, result.number], ['incremental', 2]);
    assert.equal(await newestEqualsDisk(chain), undefined);
    assert.deepEqual(
      liveSnapshots(chain, SOURCE).map(({ id }) => id),
      [result.sourceSnapshot],
    );
  });
});

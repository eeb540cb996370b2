import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import type { RunEvent } from '../../../src/engine/events.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { rangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import type { RangeWindows } from '../../../src/engine/ranges/rangeWindow.ts';
import { Retrier, type RetryPolicy } from '../../../src/engine/transfer/retrier.ts';
import { bitsOf, gather, pageBits, range, windowsOf } from '../../support/engine/pageBits.ts';
import { ambiguous, refusal, throttled } from '../../support/memory/refusals.ts';
import { VirtualWorld } from '../../support/memory/virtualWorld.ts';

const POLICY: RetryPolicy = { tries: 5, firstWaitMs: 100, longestWaitMs: 400 };

function retrier(policy: RetryPolicy = POLICY) {
  const world = new VirtualWorld();
  const heard: Extract<RunEvent, { type: 'retry' }>[] = [];
  const emit = (event: RunEvent) => void (event.type === 'retry' && heard.push(event));
  return { world, heard, retrier: new Retrier(world, emit, policy) };
}

/** Fails with each of `errors` in turn, then answers. */
function failing(...errors: Error[]) {
  const call = async () => {
    calls++;
    const error = errors.shift();
    if (error) throw error;
    return 'answer';
  };
  let calls = 0;
  return { call, calls: () => calls };
}

describe('Retrier.repeat', () => {
  it('repeats what may succeed when repeated, and tells every wait', async () => {
    const { retrier: it, heard } = retrier();
    assert.equal(await it.repeat('reading', failing(throttled(), ambiguous()).call), 'answer');
    assert.deepEqual(
      heard.map(({ what, attempt }) => [what, attempt]),
      [
        ['reading', 1],
        ['reading', 2],
      ],
    );
    assert.ok(heard.every(({ reason }) => reason.length > 0));
  });

  it('gives up after the allowed tries, with the last error itself', async () => {
    const errors = [1, 2, 3, 4, 5].map((n) => new BackupError('throttled', `${n}`, { retryable: true }));
    const { call, calls } = failing(...errors);
    await assert.rejects(retrier().retrier.repeat('reading', call), (error) => error === errors[4]);
    assert.equal(calls(), 5);
  });

  for (const error of [refusal('accessDenied', 'no'), new Error('a bug'), new TypeError('another')]) {
    it(`does not repeat ${error.name} "${error.message}"`, async () => {
      const { call, calls } = failing(error);
      await assert.rejects(retrier().retrier.repeat('reading', call), (thrown) => thrown === error);
      assert.equal(calls(), 1);
    });
  }

  it('ends the run when its budget of retries is used up, and says how much is left', async () => {
    const { retrier: it, heard } = retrier({ ...POLICY, budget: 6 });
    for (let i = 0; i < 3; i++) await it.repeat('reading', failing(ambiguous(), ambiguous()).call);
    // Each success gives half a retry back: 6 - 2 + ½ - 2 + ½ - 2.
    assert.deepEqual(
      heard.map(({ left }) => left),
      [5, 4, 3, 2, 2, 1],
    );
    await assert.rejects(it.repeat('reading', failing(ambiguous(), ambiguous(), ambiguous()).call), (error) => isBackupError(error));
    const calm = retrier({ ...POLICY, budget: 1 });
    for (let i = 0; i < 20; i++) await calm.retrier.repeat('reading', failing(throttled()).call);
    assert.equal(calm.heard.length, 20, 'being refused for going too fast costs nothing');
  });

  it('waits at random up to a bound that doubles to the longest', async () => {
    const { world, retrier: it, heard } = retrier();
    const waits = new Set<number>();
    for (let run = 0; run < 40; run++) {
      const start = world.now();
      heard.length = 0;
      await it.repeat('reading', failing(...Array.from({ length: 4 }, () => throttled())).call);
      for (const [i, { waitMs }] of heard.entries()) assert.ok(waitMs >= 0 && waitMs <= [100, 200, 400, 400][i]!, `wait ${i}: ${waitMs}`);
      assert.equal(
        world.now() - start,
        heard.reduce((sum, { waitMs }) => sum + waitMs, 0),
        'the waits told are the waits made',
      );
      for (const { waitMs } of heard) waits.add(waitMs);
    }
    assert.ok(waits.size > 40, 'full jitter');
    assert.ok(Math.max(...waits) > 300);
  });

  it('waits at least as long as the service asked for, also beyond its own longest wait', async () => {
    const { world, retrier: it, heard } = retrier();
    const start = world.now();
    await it.repeat('reading', failing(throttled(7_000)).call);
    assert.equal(heard[0]!.waitMs, 7_000);
    assert.equal(world.now() - start, 7_000);
  });

  it('asks nothing when the signal is aborted, and stops waiting when it aborts', async () => {
    const { world, retrier: it } = retrier();
    const { call, calls } = failing();
    await assert.rejects(it.repeat('reading', call, AbortSignal.abort()), (error) => isBackupError(error, 'cancelled'));
    assert.equal(calls(), 0);
    const stop = new AbortController();
    const waiting = it.repeat('reading', failing(throttled(60_000)).call, stop.signal);
    void world.sleep(50).then(() => stop.abort());
    const start = world.now();
    await assert.rejects(waiting, (error) => isBackupError(error, 'cancelled'));
    assert.equal(world.now() - start, 50);
  });
});

describe('Retrier.windows', () => {
  const PAGES = 12;

  it('goes on where a list broke off: every window once, none asked for again', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: PAGES }), { maxLength: 6 });
    // How many windows each try gives before it breaks.
    const breaks = fc.array(fc.nat(3), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(pageBits(PAGES), cuts, breaks, async (bits, edges, lives) => {
        const left = [...lives];
        async function* list(rest: { start: number }): RangeWindows {
          let life = left.shift() ?? Infinity;
          for await (const window of windowsOf(bits, edges, rest.start / PAGE)) {
            if (life-- === 0) throw ambiguous();
            yield window;
          }
        }
        const windows = await gather(retrier().retrier.windows('list', range(0, PAGES), list));
        let at = 0;
        for (const window of windows) {
          assert.equal(window.start, at);
          at = window.end;
        }
        assert.equal(at, PAGES * PAGE);
        assert.deepEqual(bitsOf(rangeSet(windows.flatMap(({ ranges }) => ranges)), PAGES), bits);
      }),
      { seed: 401, numRuns: 300 },
    );
  });

  it('gives up when it gets no further in the allowed tries; each window starts the count anew', async () => {
    const starts: number[] = [];
    async function* list({ start }: { start: number }): RangeWindows {
      starts.push(start / PAGE);
      // Two failures before each of the first windows, then nothing but failures.
      const tries = starts.filter((each) => each === start / PAGE).length;
      if (start < 3 * PAGE && tries === 3) yield { start, end: start + PAGE, ranges: [] };
      throw throttled();
    }
    const { retrier: it } = retrier({ ...POLICY, tries: 4 });
    await assert.rejects(gather(it.windows('list', range(0, 9), list)), (error) => isBackupError(error, 'throttled'));
    assert.ok(starts.includes(3), 'got as far as the list allowed');
    assert.ok(starts.filter((start) => start === 3).length <= 4);
  });

  it('passes on a list that ends early as it is: whoever aligns it refuses it', async () => {
    async function* list(): RangeWindows {
      yield { ...range(0, 2), ranges: [] };
    }
    assert.equal((await gather(retrier().retrier.windows('list', range(0, 9), list))).length, 1);
  });

  it('does not repeat a refusal', async () => {
    let asked = 0;
    // oxlint-disable-next-line require-yield
    async function* list(): RangeWindows {
      asked++;
      throw refusal('previousSnapshotNotFound', 'gone');
    }
    await assert.rejects(gather(retrier().retrier.windows('list', range(0, 9), list)), (error) =>
      isBackupError(error, 'previousSnapshotNotFound'),
    );
    assert.equal(asked, 1);
  });
});

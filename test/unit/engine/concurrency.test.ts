import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isBackupError } from '../../../src/engine/errors.ts';
import { forEachBounded, Watermark } from '../../../src/engine/transfer/concurrency.ts';
import { VirtualWorld } from '../../support/memory/virtualWorld.ts';

interface Job {
  readonly bytes: number;
  readonly ms: number;
}

const jobs = fc.array(fc.record({ bytes: fc.nat(10), ms: fc.nat(30) }), { maxLength: 25 });
const limits = fc.record({ calls: fc.integer({ min: 1, max: 6 }), bytes: fc.integer({ min: 1, max: 30 }) });

describe('forEachBounded', () => {
  it('does everything once, begins in order, and never holds more calls or bytes than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(jobs, limits, async (list, most) => {
        const world = new VirtualWorld();
        const begun: Job[] = [];
        const under = { calls: 0, bytes: 0 };
        const seen = { calls: 0, bytes: 0, alone: 0 };
        await forEachBounded(
          list,
          most,
          ({ bytes }) => bytes,
          async (job) => {
            begun.push(job);
            under.calls++;
            under.bytes += job.bytes;
            seen.calls = Math.max(seen.calls, under.calls);
            // One item always fits, even when it alone is too large.
            if (under.calls > 1) seen.bytes = Math.max(seen.bytes, under.bytes);
            await world.sleep(job.ms);
            under.calls--;
            under.bytes -= job.bytes;
          },
        );
        assert.deepEqual(begun, list);
        assert.equal(under.calls, 0);
        assert.ok(seen.calls <= most.calls, `${seen.calls} calls at once`);
        assert.ok(seen.bytes <= most.bytes, `${seen.bytes} bytes at once`);
      }),
      { seed: 501, numRuns: 300 },
    );
  });

  it('really has as many calls under way as allowed', async () => {
    const world = new VirtualWorld();
    const start = world.now();
    const work = () => world.sleep(100);
    await forEachBounded(Array.from({ length: 12 }), { calls: 4, bytes: Infinity }, () => 1, work);
    assert.equal(world.now() - start, 300);
    await forEachBounded(Array.from({ length: 12 }), { calls: 99, bytes: 3 }, () => 1, work);
    assert.equal(world.now() - start, 700);
  });

  it('begins nothing more after a failure, lets all that is under way settle, and throws the first failure', async () => {
    const world = new VirtualWorld();
    const log: string[] = [];
    const run = forEachBounded(
      [50, 20, 90, 30, 10],
      { calls: 3, bytes: Infinity },
      () => 0,
      async (ms) => {
        log.push(`begin ${ms}`);
        await world.sleep(ms);
        log.push(`end ${ms}`);
        if (ms < 60) throw new Error(`${ms} failed`);
      },
    );
    await assert.rejects(run, /^Error: 20 failed$/);
    assert.deepEqual(log, ['begin 50', 'begin 20', 'begin 90', 'end 20', 'end 50', 'end 90']);
  });

  it('settles what is under way when the items fail, and asks for no more of them', async () => {
    const world = new VirtualWorld();
    let done = 0;
    async function* items(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      throw new Error('the list broke');
    }
    const work = async () => {
      await world.sleep(10);
      done++;
    };
    await assert.rejects(
      forEachBounded(items(), { calls: 9, bytes: 9 }, () => 0, work),
      /the list broke/,
    );
    assert.equal(done, 2);
  });

  it('closes the items when it stops early', async () => {
    let closed = false;
    function* items(): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        closed = true;
      }
    }
    const fail = () => Promise.reject(new Error('no'));
    await assert.rejects(
      forEachBounded(items(), { calls: 1, bytes: 9 }, () => 0, fail),
      /no/,
    );
    assert.ok(closed);
  });

  it('stops in order when the signal aborts', async () => {
    const world = new VirtualWorld();
    const stop = new AbortController();
    let begun = 0;
    let done = 0;
    const work = async () => {
      if (++begun === 3) stop.abort();
      await world.sleep(10);
      done++;
    };
    const items = Array.from({ length: 9 });
    await assert.rejects(
      forEachBounded(items, { calls: 2, bytes: 9 }, () => 0, work, stop.signal),
      (error) => isBackupError(error, 'cancelled'),
    );
    assert.equal(begun, 3);
    assert.equal(done, 3, 'nothing of ours is under way afterwards');
  });
});

describe('Watermark', () => {
  it('is the highest byte below which nothing is open and everything begun is done', () => {
    // Pieces in address order with gaps between them, and the order in which they finish.
    const pieces = fc.array(fc.record({ gap: fc.nat(2), length: fc.integer({ min: 1, max: 3 }), delay: fc.nat(12) }), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, fc.nat(3), (list, first) => {
        const watermark = new Watermark(first);
        const open: { start: number; end: number; due: number }[] = [];
        let reached = first;
        let at = first;
        const settle = (turn: number) => {
          for (const piece of open.filter(({ due }) => due <= turn)) {
            open.splice(open.indexOf(piece), 1);
            watermark.done(piece.start, piece.end);
            reached = Math.max(reached, piece.end);
            const expected = Math.min(reached, ...open.map(({ start }) => start));
            assert.equal(watermark.value, expected);
          }
        };
        assert.equal(watermark.value, first);
        for (const [turn, { gap, length, delay }] of list.entries()) {
          const start = at + gap;
          at = start + length;
          watermark.begin(start);
          open.push({ start, end: at, due: turn + delay });
          const before = watermark.value;
          settle(turn);
          assert.ok(watermark.value >= before, 'never goes back');
        }
        settle(Infinity);
        assert.equal(watermark.value, at > first || list.length > 0 ? Math.max(first, at) : first);
      }),
      { seed: 502, numRuns: 500 },
    );
  });

  it('stays below a piece that is begun twice until both are done', () => {
    const watermark = new Watermark(0);
    watermark.begin(10);
    watermark.begin(10);
    watermark.done(10, 20);
    assert.equal(watermark.value, 10);
    watermark.done(10, 30);
    assert.equal(watermark.value, 30);
  });
});

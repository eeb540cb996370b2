import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lengthOf, MAX_WRITE, PAGE, type PageRange } from '../../../src/engine/ranges/pageRange.ts';
import { bytesOf, clip, intersect, rangeSet, subtract, type RangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import { applyPages } from '../../../src/engine/transfer/applyPages.ts';
import type { PageMover } from '../../../src/engine/transfer/pageMover.ts';
import { workFor, type PageWork } from '../../../src/engine/transfer/pageWork.ts';
import { VirtualWorld } from '../../support/memory/virtualWorld.ts';

/** A mover that only notes what it is asked for, each call taking some virtual time. */
function notingMover(world: VirtualWorld) {
  const moves: PageRange[] = [];
  const clears: PageRange[] = [];
  const order: PageRange[] = [];
  const note = async (list: PageRange[], range: PageRange) => {
    list.push(range);
    order.push(range);
    await world.sleep(world.pick(20));
  };
  const mover = { move: (range: PageRange) => note(moves, range), clear: (range: PageRange) => note(clears, range) };
  return { mover: mover as unknown as PageMover, moves, clears, order };
}

const MOST = 40 * 1024 * 1024;
const someRanges = fc
  .array(fc.tuple(fc.nat(MOST / PAGE), fc.integer({ min: 1, max: 20_000 })), { maxLength: 8 })
  .map((list): RangeSet => rangeSet(list.map(([page, count]) => ({ start: page * PAGE, end: (page + count) * PAGE }))));

/** The work cut into windows at `edge`. */
async function* windows(touched: RangeSet, held: RangeSet, edge: number): AsyncGenerator<PageWork> {
  const end = 2 * MOST;
  for (const window of [
    { start: 0, end: edge },
    { start: edge, end },
  ])
    if (lengthOf(window) > 0) yield workFor(window, clip(touched, window), clip(held, window));
}

describe('applyPages', () => {
  it('moves exactly the pages named, in address order, in as few calls of at most 4 MiB as windows allow', async () => {
    await fc.assert(
      fc.asyncProperty(someRanges, someRanges, fc.nat(MOST / PAGE), async (touched, held, page) => {
        const world = new VirtualWorld();
        const { mover, moves, clears, order } = notingMover(world);
        const edge = page * PAGE;
        const written = intersect(touched, held);
        const cleared = subtract(touched, held);
        const told: number[] = [];
        const moved = await applyPages(windows(touched, held, edge), mover, {
          limits: { calls: 4, bytes: 16 * 1024 * 1024 },
          onDone: (_, applied) => void told.push(applied),
        });

        assert.ok(moves.every((piece) => lengthOf(piece) <= MAX_WRITE));
        assert.ok(
          order.every(({ start }, i) => i === 0 || order[i - 1]!.end <= start),
          'in address order, nothing twice',
        );
        assert.deepEqual(rangeSet(moves), written);
        assert.deepEqual(rangeSet(clears), cleared);
        const within = [
          { start: 0, end: edge },
          { start: edge, end: 2 * MOST },
        ].flatMap((window) => clip(written, window));
        assert.equal(
          moves.length,
          within.reduce((sum, piece) => sum + Math.ceil(lengthOf(piece) / MAX_WRITE), 0),
        );
        assert.deepEqual(moved, { written: bytesOf(written), cleared: bytesOf(cleared), calls: order.length });
        assert.equal(told.length, order.length);
        assert.equal(told.at(-1) ?? 0, order.at(-1)?.end ?? 0, 'at the end everything has been applied');
        assert.ok(told.every((applied, i) => i === 0 || told[i - 1]! <= applied));
      }),
      { seed: 601, numRuns: 200 },
    );
  });

  it('tells only what has been applied for certain: everything below is done', async () => {
    const world = new VirtualWorld({ seed: 5 });
    const open = new Set<number>();
    const hold = async ({ start }: PageRange) => {
      open.add(start);
      await world.sleep(world.pick(50));
      open.delete(start);
    };
    const mover = { move: hold, clear: hold } as unknown as PageMover;
    const pages = rangeSet(Array.from({ length: 60 }, (_, i) => ({ start: 2 * i * PAGE, end: (2 * i + 1) * PAGE })));
    async function* work(): AsyncGenerator<PageWork> {
      yield { start: 0, end: 120 * PAGE, write: pages, clear: [] };
    }
    await applyPages(work(), mover, {
      limits: { calls: 7, bytes: Infinity },
      onDone: (_, applied) => assert.ok([...open].every((start) => start >= applied)),
    });
  });

  it('a failure of one piece reaches the caller after the others have settled', async () => {
    const world = new VirtualWorld();
    let under = 0;
    const move = async ({ start }: PageRange) => {
      under++;
      await world.sleep(start === 0 ? 5 : 50);
      under--;
      if (start === 0) throw new Error('first page');
    };
    async function* work(): AsyncGenerator<PageWork> {
      yield { start: 0, end: 9 * PAGE, write: [0, 2, 4, 6].map((page) => ({ start: page * PAGE, end: (page + 1) * PAGE })), clear: [] };
    }
    const run = applyPages(work(), { move, clear: move } as unknown as PageMover, { limits: { calls: 9, bytes: Infinity } });
    await assert.rejects(run, /first page/);
    assert.equal(under, 0);
  });
});

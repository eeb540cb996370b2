import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isBackupError } from '../../../src/engine/errors.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { aligned, collect, constantWindows, type RangeWindow, type RangeWindows } from '../../../src/engine/ranges/rangeWindow.ts';
import { bitsOf, flawOf, gather, pageBits, range, setOf, windowOf, windowsOf } from '../../support/engine/pageBits.ts';

const PAGES = 20;
const bits = pageBits(PAGES);
const cuts = fc.array(fc.integer({ min: 1, max: PAGES }), { maxLength: 6 });

async function* listed(...windows: readonly RangeWindow[]): RangeWindows {
  yield* windows;
}

describe('aligned', () => {
  it('gives every list’s pages, in windows that tile the whole, whatever windows the lists come in', async () => {
    const longest = fc.option(fc.integer({ min: 1, max: 6 }), { nil: Infinity });
    await fc.assert(
      fc.asyncProperty(bits, cuts, bits, cuts, longest, fc.nat(PAGES - 1), async (a, cutsOfA, b, cutsOfB, most, first) => {
        // Both lists begin with a window that begins at `first`, as lists do that were asked for a part.
        const lists = [windowsOf(a, cutsOfA, first), windowsOf(b, cutsOfB, first)] as const;
        let at = first * PAGE;
        const seen: [RangeWindow['ranges'][], RangeWindow['ranges'][]] = [[], []];
        for await (const { start, end, sets } of aligned(range(first, PAGES), lists, most * PAGE)) {
          assert.equal(start, at);
          assert.ok(end > start && end - start <= most * PAGE);
          for (const [i, set] of sets.entries()) {
            assert.equal(flawOf(set), undefined);
            assert.ok(
              set.every((part) => part.start >= start && part.end <= end),
              'clipped to the window',
            );
            seen[i]!.push(set);
          }
          at = end;
        }
        assert.equal(at, PAGES * PAGE);
        for (const [i, model] of [a, b].entries())
          assert.deepEqual(
            bitsOf(seen[i]!.flat(), PAGES),
            model.map((bit, page) => bit && page >= first),
          );
      }),
      { seed: 301, numRuns: 400 },
    );
  });

  it('stops where it is told to, although the lists go on', async () => {
    const all = Array.from({ length: PAGES }, () => true);
    const windows = await gather(aligned(range(0, 7), [windowsOf(all, [5])]));
    assert.deepEqual(windows.at(-1), { ...range(5, 7), sets: [[range(5, 7)]] });
  });

  const one = Array.from({ length: 4 }, () => true);
  const broken: Readonly<Record<string, RangeWindows>> = {
    'ends early': listed(windowOf(one, 0, 3)),
    'gives nothing at all': listed(),
    'has a gap': listed(windowOf(one, 0, 1), windowOf(one, 2, 4)),
    'begins late': listed(windowOf(one, 1, 4)),
    'begins early': listed({ start: -PAGE, end: 4 * PAGE, ranges: [] }),
    'overlaps itself': listed(windowOf(one, 0, 2), windowOf(one, 1, 4)),
    'has a window without length': listed(windowOf(one, 0, 2), { start: 2 * PAGE, end: 2 * PAGE, ranges: [] }, windowOf(one, 2, 4)),
  };
  for (const [flaw, list] of Object.entries(broken)) {
    it(`refuses a list that ${flaw}: a list counts only if it is complete`, async () => {
      const whole = windowsOf(one, []);
      await assert.rejects(
        gather(aligned(range(0, 4), [whole, list])),
        (error: unknown) => isBackupError(error, 'incompleteAnswer') && error.retryable && error.effect === 'none',
      );
    });
  }

  it('closes all lists when its reader leaves', async () => {
    const closed: string[] = [];
    async function* list(name: string): RangeWindows {
      try {
        yield* windowsOf(one, [1, 2]);
      } finally {
        closed.push(name);
      }
    }
    for await (const window of aligned(range(0, 4), [list('a'), list('b')])) if (window.end > PAGE) break;
    assert.deepEqual(closed, ['a', 'b']);
  });

  it('asks nothing of an empty range', async () => {
    assert.deepEqual(await gather(aligned(range(3, 3), [listed()])), []);
  });
});

describe('range windows', () => {
  it('collect joins what a window’s edge has cut', async () => {
    await fc.assert(
      fc.asyncProperty(bits, cuts, async (model, edges) => assert.deepEqual(await collect(windowsOf(model, edges)), setOf(model))),
      { seed: 302, numRuns: 200 },
    );
  });

  it('constantWindows name every page or none', async () => {
    assert.deepEqual(await collect(constantWindows(range(2, 5), 'every page')), [range(2, 5)]);
    assert.deepEqual(await gather(constantWindows(range(2, 5), 'no page')), [{ ...range(2, 5), ranges: [] }]);
    assert.deepEqual(await gather(constantWindows(range(5, 5), 'every page')), []);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isPageRange, MAX_LENGTH, PAGE } from '../../../src/engine/ranges/pageRange.ts';
import {
  bytesOf,
  clip,
  intersect,
  rangeSet,
  sameRanges,
  split,
  subtract,
  union,
  type RangeSet,
} from '../../../src/engine/ranges/rangeSet.ts';
import { bitsOf, flawOf, pageBits, range, setOf, type PageBits } from '../../support/engine/pageBits.ts';

const PAGES = 24;
const bits = pageBits(PAGES);

/** `set` is canonical and holds exactly these pages. */
function holds(set: RangeSet, expected: PageBits): void {
  assert.equal(flawOf(set), undefined);
  assert.deepEqual(bitsOf(set, PAGES), expected);
}

describe('range sets agree with an array of one bit a page', () => {
  it('any list of ranges is made canonical', () => {
    const anyRange = fc.tuple(fc.nat(PAGES), fc.nat(PAGES)).map(([a, b]) => range(a, b));
    fc.assert(
      fc.property(fc.array(anyRange, { maxLength: 12 }), (ranges) => {
        const before = structuredClone(ranges);
        const expected = Array.from({ length: PAGES }, (_, page) =>
          ranges.some(({ start, end }) => start <= page * PAGE && page * PAGE < end),
        );
        holds(rangeSet(ranges), expected);
        assert.deepEqual(ranges, before, 'the given list is left as it is');
      }),
      { seed: 101, numRuns: 500 },
    );
  });

  it('union, intersect, subtract', () => {
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        const [one, other] = [setOf(a), setOf(b)];
        holds(
          union(one, other),
          a.map((bit, i) => bit || b[i]!),
        );
        holds(
          intersect(one, other),
          a.map((bit, i) => bit && b[i]!),
        );
        holds(
          subtract(one, other),
          a.map((bit, i) => bit && !b[i]!),
        );
        holds(one, a);
        holds(other, b);
      }),
      { seed: 102, numRuns: 1000 },
    );
  });

  it('clip', () => {
    fc.assert(
      fc.property(bits, fc.nat(PAGES), fc.nat(PAGES), (a, first, last) => {
        holds(
          clip(setOf(a), range(first, last)),
          a.map((bit, page) => bit && page >= first && page < last),
        );
      }),
      { seed: 103, numRuns: 500 },
    );
  });

  it('bytesOf and sameRanges', () => {
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        assert.equal(bytesOf(setOf(a)), a.filter(Boolean).length * PAGE);
        assert.ok(sameRanges(setOf(a), setOf([...a])));
        assert.equal(
          sameRanges(setOf(a), setOf(b)),
          a.every((bit, page) => bit === b[page]),
        );
      }),
      { seed: 104, numRuns: 500 },
    );
  });

  it('sameRanges notices one range more, one less, and one that is longer', () => {
    const set = [range(0, 1), range(3, 5)];
    for (const other of [[], [range(0, 1)], [range(0, 1), range(3, 6)], [range(0, 1), range(2, 5)], [...set, range(7, 8)]]) {
      assert.ok(!sameRanges(set, other));
      assert.ok(!sameRanges(other, set));
    }
  });

  it('split: address order, no piece longer than asked, no page more or less, as few pieces as possible', () => {
    fc.assert(
      fc.property(bits, fc.integer({ min: 1, max: 7 }), (a, most) => {
        const set = setOf(a);
        const pieces = [...split(set, most * PAGE)];
        for (const [i, piece] of pieces.entries()) {
          assert.ok(isPageRange(piece) && piece.end - piece.start <= most * PAGE);
          assert.ok(i === 0 || pieces[i - 1]!.end <= piece.start);
        }
        holds(rangeSet(pieces), a);
        const fewest = set.reduce((sum, { start, end }) => sum + Math.ceil((end - start) / (most * PAGE)), 0);
        assert.equal(pieces.length, fewest);
      }),
      { seed: 105, numRuns: 500 },
    );
  });

  it('the far end of the largest disk', () => {
    const last = { start: MAX_LENGTH - PAGE, end: MAX_LENGTH };
    const all = { start: 0, end: MAX_LENGTH };
    assert.deepEqual(subtract([all], [last]), [{ start: 0, end: MAX_LENGTH - PAGE }]);
    assert.deepEqual(union([{ start: 0, end: MAX_LENGTH - PAGE }], [last]), [all]);
    assert.equal(bytesOf([all]), 2 ** 43);
  });
});

describe('page ranges', () => {
  it('are whole pages: safe, not negative, aligned, not empty', () => {
    assert.ok(isPageRange({ start: 0, end: PAGE }));
    for (const [start, end] of [
      [0, 0],
      [PAGE, 0],
      [-PAGE, PAGE],
      [1, PAGE],
      [0, 511],
      [0, Number.NaN],
      [0, 2 ** 53],
    ] as const)
      assert.ok(!isPageRange({ start, end }), `${start} to ${end}`);
  });
});

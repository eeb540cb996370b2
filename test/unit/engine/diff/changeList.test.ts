import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ChangeList } from '../../../../src/engine/jobs/diff/changeList.ts';
import { WholeChanges, type Change } from '../../../../src/engine/jobs/diff/changes.ts';
import { PackedRanges } from '../../../../src/engine/jobs/diff/packedRanges.ts';
import { PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { changeWindows, listOf, runsOf, type PageState } from '../../../support/engine/changedPages.ts';

const states = fc.array(fc.constantFrom<PageState>('same', 'written', 'cleared'), { minLength: 1, maxLength: 40 });
const cuts = fc.array(fc.nat(40), { maxLength: 5 });

describe('a change list', () => {
  it('holds the changes in address order, whole again where windows cut them, with their totals', () => {
    fc.assert(
      fc.property(states, cuts, (pages, edges) => {
        const list = listOf(pages, edges);
        const expected = runsOf(pages);
        assert.deepEqual(
          Array.from({ length: list.count }, (_, i) => list.at(i)),
          expected.map((change, index) => ({ index, ...change })),
        );
        const bytes = (state: PageState) => pages.filter((page) => page === state).length * PAGE;
        assert.deepEqual(list.totals, { written: bytes('written'), cleared: bytes('cleared'), ranges: expected.length });
        assert.deepEqual([list.end, list.changes.joinedWithin], [pages.length * PAGE, 0]);
        const whole = new WholeChanges();
        const streamed: Change[] = [...changeWindows(pages, edges).flatMap((window) => Array.from(whole.in(window))), ...whole.rest()];
        assert.deepEqual(streamed, expected);
      }),
      { seed: 6001, numRuns: 300 },
    );
  });

  it('finds the change at, after and before any byte', () => {
    fc.assert(
      fc.property(states, fc.nat(41 * PAGE), (pages, offset) => {
        const list = listOf(pages, []);
        const all = runsOf(pages);
        const plain = (change: ReturnType<typeof list.at>) => change && { kind: change.kind, start: change.start, end: change.end };
        assert.deepEqual(
          plain(list.atOrAfter(offset)),
          all.find(({ end }) => end > offset),
        );
        assert.deepEqual(
          plain(list.after(offset)),
          all.find(({ start }) => start > offset),
        );
        assert.deepEqual(
          plain(list.before(offset)),
          all.findLast(({ start }) => start < offset),
        );
      }),
      { seed: 6002, numRuns: 300 },
    );
  });

  it('gives nothing beyond its ends, and nothing of an empty difference', () => {
    const list = listOf(['same', 'written'], []);
    assert.deepEqual([list.at(-1), list.at(1), list.at(0.5), list.at(NaN)?.start], [undefined, undefined, undefined, undefined]);
    const empty = new ChangeList();
    assert.deepEqual([empty.count, empty.atOrAfter(0), empty.before(0), empty.after(0)], [0, undefined, undefined, undefined]);
  });

  it('with more ranges than it keeps joins near ones, says how near, and loses no change and no byte of the totals', () => {
    const seed = 6003;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 5 }), fc.constantFrom(1, 2)), { maxLength: 200 }),
        fc.integer({ min: 4, max: 30 }),
        (steps, most) => {
          const packed = new PackedRanges(most);
          const all: { start: number; end: number; kind: number }[] = [];
          let at = 0;
          for (const [gap, length, kind] of steps) {
            all.push({ start: at + gap * PAGE, end: at + (gap + length) * PAGE, kind });
            at += (gap + length) * PAGE;
          }
          for (const { start, end, kind } of all) packed.add(start, end, kind);
          const { count, starts, ends, kinds, joinedWithin } = packed;
          assert.ok(count <= most);
          assert.equal(joinedWithin === 0, all.length <= most);
          for (const { start, end, kind } of all) {
            const i = starts.findIndex((from, i) => from <= start && end <= ends[i]!);
            assert.ok(i >= 0 && (kinds[i]! & kind) === kind, 'every change lies in a range of its kind');
          }
          for (let i = 1; i < count; i++) assert.ok(starts[i]! - ends[i - 1]! > joinedWithin, 'only near ones were joined');
        },
      ),
      { seed, numRuns: 300 },
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ChangeTable, type ChangeFilter, type ChangeSort } from '../../../../src/engine/jobs/diff/changeTable.ts';
import { orderOf } from '../../../../src/engine/jobs/diff/radixSort.ts';
import { lengthOf, MAX_LENGTH, PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { listOf, runsOf, type PageState } from '../../../support/engine/changedPages.ts';
import { range } from '../../../support/engine/pageBits.ts';

const states = fc.array(fc.constantFrom<PageState>('same', 'written', 'cleared'), { minLength: 1, maxLength: 60 });
const filters: fc.Arbitrary<ChangeFilter> = fc.record({
  kind: fc.constantFrom(undefined, 'written' as const, 'cleared' as const),
  within: fc.option(
    fc.tuple(fc.nat(60), fc.nat(60)).map(([first, count]) => range(first, first + count)),
    { nil: undefined },
  ),
  atLeast: fc.option(
    fc.nat(4).map((pages) => pages * PAGE),
    { nil: undefined },
  ),
});
const sorts: fc.Arbitrary<ChangeSort> = fc.record({ by: fc.constantFrom('offset' as const, 'length' as const), descending: fc.boolean() });

describe('the table of changes', () => {
  it('has exactly the rows that a filter leaves, in order, whatever was asked before', () => {
    fc.assert(
      fc.property(
        states,
        fc.array(fc.tuple(filters, sorts, fc.nat(12), fc.nat(12)), { minLength: 1, maxLength: 8 }),
        (pages, questions) => {
          const list = listOf(pages, []);
          const table = new ChangeTable(list.changes);
          for (const [filter, sort, from, count] of questions) {
            const { kind, within = range(0, 1000), atLeast = 0 } = filter;
            const all = runsOf(pages)
              .map((change, index) => ({ index, kind: change.kind, start: change.start, end: change.end }))
              .filter((change) => kind === undefined || change.kind === kind)
              .filter((change) => change.start < within.end && change.end > within.start && lengthOf(change) >= atLeast);
            if (sort.by === 'length') all.sort((a, b) => (sort.descending ? lengthOf(b) - lengthOf(a) : lengthOf(a) - lengthOf(b)));
            else if (sort.descending) all.reverse();
            const { total, bytes, rows } = table.rows(filter, sort, from, count);
            assert.deepEqual(rows, all.slice(from, from + count));
            assert.deepEqual([total, bytes], [all.length, all.reduce((sum, change) => sum + lengthOf(change), 0)]);
            for (let index = 0; index < list.count; index++) {
              const row = all.findIndex((change) => change.index === index);
              assert.equal(table.rowOf(index, filter, sort), row < 0 ? undefined : row);
            }
          }
        },
      ),
      { seed: 6101, numRuns: 300 },
    );
  });

  it('sorts lengths of up to 8 TiB, equal ones in address order', () => {
    const length = fc.oneof(fc.nat(5), fc.nat(5000), fc.nat(MAX_LENGTH / PAGE)).map((pages) => pages * PAGE);
    fc.assert(
      fc.property(fc.array(length, { maxLength: 60 }), fc.boolean(), (lengths, descending) => {
        const indexes = Uint32Array.from(lengths.keys());
        const expected = [...lengths.keys()].sort((a, b) => (descending ? lengths[b]! - lengths[a]! : lengths[a]! - lengths[b]!));
        assert.deepEqual([...orderOf(indexes, Float64Array.from(lengths), descending)], expected);
        assert.deepEqual([...indexes], [...lengths.keys()], 'what was handed in is left alone');
      }),
      { seed: 6102, numRuns: 300 },
    );
  });
});

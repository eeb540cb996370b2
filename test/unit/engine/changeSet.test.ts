import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compose, type ChangeSet } from '../../../src/engine/ranges/changeSet.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { intersect } from '../../../src/engine/ranges/rangeSet.ts';
import { bitsOf, flawOf, setOf } from '../../support/engine/pageBits.ts';

/** The model of a disk: what each page holds, 0 for nothing. */
type Pages = readonly number[];

interface Step {
  readonly after: Pages;
  readonly change: ChangeSet;
}

/** A change from `before` to a disk of another length: each page is left alone, written with `value`, or cleared. */
function step(before: Pages, fates: readonly ('kept' | 'written' | 'cleared')[], value: number): Step {
  const after = fates.map((fate, page) => (fate === 'written' ? value : fate === 'cleared' ? 0 : (before[page] ?? 0)));
  const pagesOf = (fate: string) => setOf(fates.map((each) => each === fate));
  const change = {
    lengthBefore: before.length * PAGE,
    lengthAfter: fates.length * PAGE,
    written: pagesOf('written'),
    cleared: pagesOf('cleared'),
  };
  return { after, change };
}

/** What a change set makes of a disk: resized first, then written with what `source` holds there, then cleared. */
function applied({ lengthBefore, lengthAfter, written, cleared }: ChangeSet, before: Pages, source: Pages): Pages {
  assert.equal(lengthBefore, before.length * PAGE);
  const count = lengthAfter / PAGE;
  const [write, clear] = [bitsOf(written, count), bitsOf(cleared, count)];
  return Array.from({ length: count }, (_, page) => (clear[page] ? 0 : write[page] ? source[page]! : (before[page] ?? 0)));
}

const fates = fc.array(fc.constantFrom('kept', 'kept', 'written', 'cleared'), { minLength: 1, maxLength: 16 });

describe('compose', () => {
  it('gives one change set that does what two do, whatever the disk’s lengths before, between and after', () => {
    const disk = fc.array(fc.nat(3), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(disk, fates, fates, (before, firstFates, secondFates) => {
        const first = step(before, firstFates, 11);
        const second = step(first.after, secondFates, 22);
        const both = compose(first.change, second.change);
        assert.equal(flawOf(both.written), undefined);
        assert.equal(flawOf(both.cleared), undefined);
        assert.deepEqual(intersect(both.written, both.cleared), [], 'no page is both written and cleared');
        assert.ok(
          [...both.written, ...both.cleared].every(({ end }) => end <= both.lengthAfter),
          'no page beyond the end',
        );
        assert.deepEqual(applied(both, before, second.after), second.after);
      }),
      { seed: 201, numRuns: 2000 },
    );
  });

  it('pages that a shrink took away and a growth brought back are cleared', () => {
    const shrunk = step([1, 2, 3, 4], ['kept', 'kept'], 0);
    const grown = step(shrunk.after, ['kept', 'kept', 'kept', 'written', 'kept'], 9);
    const both = compose(shrunk.change, grown.change);
    assert.deepEqual(both.cleared, [{ start: 2 * PAGE, end: 3 * PAGE }]);
    assert.deepEqual(both.written, [{ start: 3 * PAGE, end: 4 * PAGE }]);
  });
});

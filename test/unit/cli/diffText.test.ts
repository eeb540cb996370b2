import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { percentText, realLine, totalLine } from '../../../src/cli/commands/diffText.ts';
import type { DiffPlan } from '../../../src/engine/jobs/diff/diff.ts';

const plan = (by: DiffPlan['by'], lengthBefore = 1024, lengthAfter = 1024): DiffPlan => ({
  job: 'diff',
  by,
  reason: '',
  lengthBefore,
  lengthAfter,
});

describe('texts of a difference', () => {
  it('say 0 % only of nothing and 100 % only of all', () => {
    const TIB8 = 8 * 1024 ** 4;
    assert.deepEqual(
      [
        [0, TIB8],
        [0, 0],
        [512, TIB8],
        [TIB8 / 3, TIB8],
        [TIB8 - 512, TIB8],
        [TIB8, TIB8],
      ].map(([part, whole]) => percentText(part!, whole!)),
      ['0 %', '0 %', '< 0.01 %', '33.33 %', '> 99.99 %', '100 %'],
    );
  });

  it('tell apart what was touched and what really differs', () => {
    assert.equal(realLine({ pages: 0, differing: 0 }, plan('touched')), ' No page was touched.');
    assert.match(realLine({ pages: 1, differing: 0 }, plan('touched')), /None of the 1 touched page really differs/);
    assert.equal(
      realLine({ pages: 3000, differing: 1 }, plan('touched')),
      ' 1 of 3,000 touched pages really differs: 512 bytes of 1.5 MiB.',
    );
    assert.match(realLine({ pages: 4, differing: 4 }, plan('content')), /Both images were read/);
  });

  it('tell another length also where no page differs', () => {
    const nothing = { written: 0, cleared: 0, ranges: 0 };
    assert.equal(totalLine(plan('touched'), nothing), 'No page differs.');
    assert.equal(totalLine(plan('touched', 1024, 2048), nothing), 'No page differs. The disk has grown from 1 KiB to 2 KiB.');
    assert.equal(
      totalLine(plan('content', 2048, 1024), { written: 512, cleared: 1024, ranges: 2 }),
      '512 bytes written, 1 KiB cleared in 2 ranges of 2 KiB. The disk has shrunk from 2 KiB to 1 KiB.',
    );
  });
});

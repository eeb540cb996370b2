import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  elementHeight,
  heightOf,
  lastTop,
  rowsAt,
  rowsInView,
  scrollTopOf,
  TALLEST,
  topAfter,
  topToShow,
  type Tall,
} from '../../../webview/difference/table/rowWindow.ts';

const tall = (rows: number, viewHeight = 440): Tall => ({ rows, rowHeight: 22, viewHeight });

describe('rows of the difference page', () => {
  for (const rows of [1, 20, 4812, 363_636, 1_000_000, 5_000_000]) {
    it(`shows the first and the last of ${rows}, each whole`, () => {
      const list = tall(rows);
      assert.ok(elementHeight(list) <= TALLEST);
      assert.equal(rowsAt(list, 0).start, 0);
      const end = lastTop(list);
      assert.equal(rowsAt(list, end).end, rows);
      // The last row ends where the view ends, or above it in a short list.
      assert.equal(Math.max(list.viewHeight, heightOf(list)), end + list.viewHeight);
      assert.equal(scrollTopOf(list, end), Math.max(0, elementHeight(list) - list.viewHeight));
    });
  }

  it('are in no element that Chromium could not lay out, also where a CSS pixel is four of the screen', () => {
    assert.ok(elementHeight(tall(5_000_000)) * 4 < 2 ** 25);
  });

  it('takes the bar to every part of the list, and both ends', () => {
    const list = tall(5_000_000);
    const most = elementHeight(list) - list.viewHeight;
    assert.equal(topAfter(list, 0, 0, most), lastTop(list));
    assert.equal(topAfter(list, lastTop(list), most, 0), 0);
    const middle = rowsAt(list, topAfter(list, 0, 0, most / 2)).start;
    assert.ok(Math.abs(middle - 2_500_000) < 20, String(middle));
  });

  it('moves pixel by pixel under a wheel, however tall the list', () => {
    for (const rows of [1000, 1_000_000, 5_000_000]) {
      const list = tall(rows);
      const from = scrollTopOf(list, 10_000);
      assert.equal(Math.round(topAfter(list, 10_000, from, from + 100)), 10_100);
      assert.equal(Math.round(topAfter(list, 10_000, from, from - 100)), 9900);
    }
  });

  it('comes to every row under a wheel: none is passed over', () => {
    const list = tall(5_000_000);
    let top = 0;
    let next = rowsAt(list, 0).end;
    for (let i = 0; i < 10_000; i++) {
      // As the page does: the bar is put where it belongs when the wheel rests.
      const from = scrollTopOf(list, top);
      top = topAfter(list, top, from, from + 400);
      const seen = rowsAt(list, top);
      assert.ok(seen.start <= next, `rows from ${next} to ${seen.start} were never seen`);
      next = seen.end;
    }
    assert.equal(top, 4_000_000);
  });

  it('stays within the list, and is told the same place by the bar', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.integer({ min: 22, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, view, share) => {
          const list = tall(rows, view);
          const top = Math.round(share * lastTop(list));
          const at = scrollTopOf(list, top);
          assert.ok(at >= 0 && at <= Math.max(0, elementHeight(list) - view) + 1e-6);
          const { start, end } = rowsAt(list, top);
          assert.ok(start >= 0 && start <= end && end <= rows);
          assert.ok(end - start <= rowsInView(list) + 2);
          for (const to of [0, at, at + view, elementHeight(list)]) {
            const moved = topAfter(list, top, at, to);
            assert.ok(moved >= 0 && moved <= lastTop(list));
          }
        },
      ),
    );
  });

  it('moves no further than it must to show a row', () => {
    const list = tall(1_000_000);
    assert.equal(topToShow(list, 2200, 100), 2200);
    assert.equal(topToShow(list, 2200, 119), 2200);
    assert.equal(topToShow(list, 2200, 120), 2222);
    assert.equal(topToShow(list, 2200, 99), 2178);
    assert.equal(topToShow(list, 0, 999_999), lastTop(list));
    assert.equal(topToShow(list, lastTop(list), 0), 0);
  });
});

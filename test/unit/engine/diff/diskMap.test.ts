import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cellAt, cellStart, drawMap } from '../../../../src/engine/jobs/diff/diskMap.ts';
import { ALLOCATED, PackedRanges, WRITTEN } from '../../../../src/engine/jobs/diff/packedRanges.ts';
import { MAX_LENGTH, PAGE } from '../../../../src/engine/ranges/pageRange.ts';
import { listOf, type PageState } from '../../../support/engine/changedPages.ts';
import { range, type PageBits } from '../../../support/engine/pageBits.ts';

const PAGES = 50;
const states = fc.array(fc.constantFrom<PageState>('same', 'written', 'cleared'), { minLength: 1, maxLength: PAGES });
const bits = fc.array(fc.boolean(), { minLength: PAGES, maxLength: PAGES });

describe('the map of a disk', () => {
  it('has in each cell the share of every kind of byte, as counted page by page', () => {
    fc.assert(
      fc.property(states, bits, fc.nat(PAGES), fc.nat(PAGES + 10), fc.nat(70), (pages, held, first, last, cells) => {
        const list = listOf(pages, [], held.slice(0, pages.length));
        const source = { changes: list.changes, allocated: list.allocated, length: pages.length * PAGE };
        const view = range(Math.min(first, last), Math.max(first, last));
        const map = drawMap(source, view, cells);
        assert.deepEqual([map.start, map.end], [Math.min(view.start, source.length), Math.min(view.end, source.length)]);
        assert.equal(map.cells, Math.min(cells, (map.end - map.start) / PAGE));
        for (let cell = 0; cell < map.cells; cell++) {
          const [from, to] = [cellStart(map, cell) / PAGE, cellStart(map, cell + 1) / PAGE];
          assert.ok(from < to, 'no cell is empty');
          const share = (holds: (page: number) => boolean) => Math.fround(pagesFrom(from, to).filter(holds).length / (to - from));
          assert.equal(
            map.written[cell],
            share((page) => pages[page] === 'written'),
          );
          assert.equal(
            map.cleared[cell],
            share((page) => pages[page] === 'cleared'),
          );
          assert.equal(
            map.allocated[cell],
            share((page) => held[page] ?? false),
          );
          for (const page of pagesFrom(from, to)) assert.equal(cellAt(map, page * PAGE), cell);
        }
      }),
      { seed: 6201, numRuns: 500 },
    );
  });

  it('never rounds a single page away, nor makes all of what is not all: on any disk up to 8 TiB', () => {
    const disk = fc.integer({ min: 1, max: MAX_LENGTH / PAGE });
    fc.assert(
      fc.property(
        disk,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 5000 }),
        (pages, where, cells) => {
          const length = pages * PAGE;
          const page = Math.floor(where * pages) * PAGE;
          const [one, butOne] = [new PackedRanges(), new PackedRanges()];
          one.add(page, page + PAGE, WRITTEN);
          butOne.add(0, page, ALLOCATED);
          butOne.add(page + PAGE, length, ALLOCATED);
          const map = drawMap({ changes: one, allocated: butOne, length }, { start: 0, end: length }, cells);
          const hit = cellAt(map, page);
          assert.ok(map.cells >= 1 && cellStart(map, 0) === 0 && cellStart(map, map.cells) === length);
          for (let cell = 0; cell < map.cells; cell++) {
            assert.equal(map.written[cell]! > 0, cell === hit);
            assert.equal(map.allocated[cell] === 1, cell !== hit);
          }
        },
      ),
      { seed: 6202, numRuns: 200 },
    );
  });

  it('of an empty disk, no cells, or a view beyond the end has no cells', () => {
    const list = listOf(['written'], []);
    const source = { changes: list.changes, allocated: list.allocated, length: PAGE };
    for (const [view, cells] of [
      [range(0, 1), 0],
      [range(5, 9), 10],
      [{ start: 0, end: 0 }, 10],
    ] as const)
      assert.equal(drawMap(source, view, cells).cells, 0);
    assert.equal(drawMap({ ...source, length: 0 }, range(0, 1), 10).cells, 0);
  });

  it('goes out to whole pages where a view cuts them', () => {
    const list = listOf(['same', 'written', 'same'], []);
    const map = drawMap({ changes: list.changes, allocated: list.allocated, length: 3 * PAGE }, { start: 513, end: 514 }, 100);
    assert.deepEqual([map.start, map.end, [...map.written]], [PAGE, 2 * PAGE, [1]]);
  });

  it('can be posted to another thread as it is', () => {
    const held: PageBits = [true, false];
    const list = listOf(['written', 'same'], [], held);
    const map = drawMap({ changes: list.changes, allocated: list.allocated, length: 2 * PAGE }, range(0, 2), 2);
    assert.deepEqual(structuredClone(map), map);
    assert.deepEqual(structuredClone(list.changes), list.changes);
  });
});

function pagesFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first }, (_, i) => first + i);
}

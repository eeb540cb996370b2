import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CellSource } from '../../../webview/difference/map/cellSource.ts';
import type { Cells } from '../../../webview/difference/map/drawing.ts';
import { wholeDisk, type MapView } from '../../../webview/difference/map/mapView.ts';

const GiB = 1024 ** 3;
const LENGTH = 8 * 1024 * GiB;

function rig() {
  const asks: { view: MapView; cells: number; answer: () => void; refuse: () => void }[] = [];
  let changes = 0;
  const source = new CellSource(
    (view, cells) => {
      const { promise, resolve, reject } = Promise.withResolvers<Cells>();
      asks.push({ view, cells, answer: () => resolve(cellsOf(view, cells)), refuse: () => reject(new Error('gone')) });
      return promise;
    },
    () => changes++,
  );
  source.reset(LENGTH);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { source, asks, changes: () => changes, settle };
}

function cellsOf({ start, end }: MapView, cells: number): Cells {
  const edges = Float64Array.from({ length: cells + 1 }, (_, i) => start + Math.floor(((end - start) / 512 / cells) * i) * 512);
  const none = new Float32Array(cells);
  return { edges, written: none, cleared: none, allocated: none };
}

describe('cells of the map', () => {
  it('are those of the whole disk first, and then as fine as the map', async () => {
    const { source, asks, changes, settle } = rig();
    const view = { start: 100 * GiB, end: 200 * GiB };
    assert.equal(source.cellsFor(view, 1000), undefined);
    assert.deepEqual([asks[0]!.view, asks[0]!.cells], [wholeDisk(LENGTH), 2048]);
    asks[0]!.answer();
    await settle();
    assert.equal(changes(), 1);
    assert.equal(source.cellsFor(view, 1000), source.whole);
    // With as much beside the view as is in it.
    assert.deepEqual([asks[1]!.view, asks[1]!.cells], [{ start: 50 * GiB, end: 250 * GiB }, 2000]);
    asks[1]!.answer();
    await settle();
    assert.equal(source.cellsFor(view, 1000)!.edges[0], 50 * GiB);
    assert.equal(asks.length, 2);
    // Some way along nothing has to be asked for.
    assert.equal(source.cellsFor({ start: 140 * GiB, end: 240 * GiB }, 1000)!.edges[0], 50 * GiB);
    assert.equal(asks.length, 2);
  });

  it('are asked for one at a time: the last view counts', async () => {
    const { source, asks, settle } = rig();
    for (let i = 0; i < 50; i++) source.cellsFor({ start: i * GiB, end: (i + 1) * GiB }, 1000);
    assert.equal(asks.length, 1);
    asks[0]!.answer();
    await settle();
    source.cellsFor({ start: 49 * GiB, end: 50 * GiB }, 1000);
    assert.equal(asks.length, 2);
    assert.deepEqual(asks[1]!.view, { start: 48.5 * GiB, end: 50.5 * GiB });
  });

  it('are finer after zooming in, and coarser after zooming out', async () => {
    const { source, asks, settle } = rig();
    source.cellsFor(wholeDisk(LENGTH), 1000);
    asks[0]!.answer();
    await settle();
    for (const size of [64 * GiB, GiB, 64 * GiB]) {
      source.cellsFor({ start: 0, end: size }, 1000);
      asks.at(-1)!.answer();
      await settle();
      const { edges } = source.cellsFor({ start: 0, end: size }, 1000)!;
      assert.ok(edges[1]! <= size / 999 && edges[1]! >= size / 1001, String(edges[1]));
    }
    assert.equal(asks.length, 4);
  });

  it('of another disk are asked for anew, and late answers are not taken', async () => {
    const { source, asks, changes, settle } = rig();
    source.cellsFor(wholeDisk(LENGTH), 1000);
    source.reset(GiB);
    asks[0]!.answer();
    await settle();
    assert.equal(changes(), 0);
    assert.equal(source.cellsFor(wholeDisk(GiB), 1000), undefined);
    assert.deepEqual(asks[1]!.view, wholeDisk(GiB));
  });

  it('that cannot be had leave what there is, until somebody moves', async () => {
    const { source, asks, settle } = rig();
    source.cellsFor(wholeDisk(LENGTH), 1000);
    asks[0]!.refuse();
    await settle();
    assert.equal(asks.length, 1);
    source.cellsFor(wholeDisk(LENGTH), 1000);
    assert.equal(asks.length, 2);
  });
});

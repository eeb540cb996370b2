import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PAGE } from '../../src/engine/ranges/pageRange.ts';
import { rangeSet } from '../../src/engine/ranges/rangeSet.ts';
import type { RangeSet } from '../../src/engine/ranges/rangeSet.ts';
import { firstWindow } from '../support/memory/rangeWindows.ts';
import { isAllocated, SparsePages } from '../support/memory/sparsePages.ts';
import type { Extent } from '../support/memory/sparsePages.ts';
import { VirtualWorld } from '../support/memory/virtualWorld.ts';

const PAGES = 24;
const ALL = { start: 0, end: PAGES * PAGE };

/** The same pages, kept one by one. */
class Model {
  readonly pages: { readonly version: number; readonly byte: number | undefined }[];

  constructor(pages = Array.from({ length: PAGES }, (): Model['pages'][number] => ({ version: 0, byte: undefined }))) {
    this.pages = pages;
  }

  set(first: number, end: number, page: Model['pages'][number]): void {
    for (let at = first; at < end; at++) this.pages[at] = page;
  }

  list(holds: (page: Model['pages'][number]) => boolean): RangeSet {
    return rangeSet(this.pages.flatMap((page, at) => (holds(page) ? [{ start: at * PAGE, end: (at + 1) * PAGE }] : [])));
  }

  get firstBytes(): number[] {
    return this.pages.map(({ byte }) => byte ?? 0);
  }
}

describe('sparse pages', () => {
  it('hold what a plain list of pages holds, forks included', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const world = new VirtualWorld({ seed });
      const kept: [SparsePages, Model][] = [[new SparsePages(), new Model()]];
      for (let version = 1; version <= 25; version++) {
        const [pages, model] = kept[world.pick(kept.length)]!;
        step(world, pages, model, version, kept);
      }
      for (const [pages, model] of kept) check(pages, model, world, seed);
    }
  });
});

function step(world: VirtualWorld, pages: SparsePages, model: Model, version: number, kept: [SparsePages, Model][]): void {
  const first = world.pick(PAGES);
  const count = 1 + world.pick(PAGES - first);
  const kind = world.pick(10);
  if (kind === 0) kept.push([pages.fork(), new Model([...model.pages])]);
  else if (kind === 1) {
    pages.forgetFrom(first * PAGE);
    model.set(first, PAGES, { version: 0, byte: undefined });
  } else {
    const byte = kind < 5 ? undefined : version;
    const range = { start: first * PAGE, end: (first + count) * PAGE };
    pages.put(range, version, byte === undefined ? undefined : new Uint8Array(count * PAGE).fill(byte));
    model.set(first, first + count, { version, byte });
  }
}

function check(pages: SparsePages, model: Model, world: VirtualWorld, seed: number): void {
  const message = `seed ${seed}`;
  const bytes = pages.read(ALL);
  assert.deepEqual(
    model.pages.map((_, at) => bytes[at * PAGE]),
    model.firstBytes,
    message,
  );
  const since = world.pick(25);
  const lists: [(extent: Extent) => boolean, RangeSet][] = [
    [isAllocated, model.list(({ byte }) => byte !== undefined)],
    [(extent) => extent.version > since, model.list(({ version }) => version > since)],
  ];
  for (const [holds, expected] of lists) {
    const limits = { ranges: 1 + world.pick(3), bytes: (1 + world.pick(PAGES)) * PAGE };
    const found = [];
    let start = 0;
    for (let windows = 0; start < ALL.end; windows++) {
      assert.ok(windows <= PAGES, `${message}: the windows get on`);
      const window = firstWindow(pages, { start, end: ALL.end }, holds, limits);
      assert.ok(window.start === start && window.ranges.length <= limits.ranges, message);
      found.push(...window.ranges);
      start = window.end;
    }
    assert.equal(start, ALL.end, message);
    assert.deepEqual(rangeSet(found), expected, message);
  }
}

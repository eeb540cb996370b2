/** The emulator's page store against a model so simple that it must be right: everything else is proven on this ground. */
import assert from 'node:assert/strict';
import { it } from 'node:test';

import fc from 'fast-check';

import { PageMap } from '../support/emulator/store/pageMap.ts';
import type { PageRun } from '../support/emulator/store/pageMap.ts';
import { PAGE } from '../support/emulator/store/pageTree.ts';

/** Around the edges of leaves (128 pages) and of inner nodes (65,536 pages), in the middle and at the end of the longest blob. */
const CORNERS = [0, 120, 65_500, 131_070, 33_554_400, 8_589_934_590, 17_179_869_180];
const LENGTH = 17_179_869_184;

interface Page {
  readonly fill: number | undefined;
  readonly touched: number;
}

/** What a blob holds, by page; time is counted in steps. */
interface Model {
  readonly pages: Map<number, Page>;
  length: number;
}

interface Taken {
  readonly map: PageMap;
  readonly model: Model;
  readonly time: number;
}

const page = fc.tuple(fc.constantFrom(...CORNERS), fc.nat(160)).map(([corner, offset]) => Math.min(corner + offset, LENGTH - 1));
const count = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 300 }));
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), page, count, fill: fc.integer({ min: 1, max: 255 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('clear' as const), page, count }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), page, tracked: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('snapshot' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('copy' as const) }) },
);

it('the page store holds and lists what a plain map of pages does', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      let map = new PageMap(LENGTH * PAGE);
      let model: Model = { pages: new Map(), length: LENGTH };
      let taken: Taken[] = [];
      const all: Taken[] = [];
      for (const [time, one] of steps.entries()) {
        if (one.do === 'write' || one.do === 'clear') {
          const end = Math.min(one.page + one.count, model.length);
          if (end <= one.page) continue;
          const fill = one.do === 'write' ? one.fill : undefined;
          for (let at = one.page; at < end; at++) model.pages.set(at, { fill, touched: time });
          if (fill === undefined) map.clear(one.page * PAGE, end * PAGE);
          else map.write(one.page * PAGE, Buffer.alloc((end - one.page) * PAGE, fill));
        } else if (one.do === 'resize') {
          // Growing by a tracked stretch would touch more pages than the model can count, so only what is cut off is tracked.
          const tracked = one.tracked && one.page < model.length;
          for (const at of model.pages.keys()) if (at >= one.page) model.pages.delete(at);
          model.length = one.page;
          map.resize(one.page * PAGE, tracked);
        } else if (one.do === 'snapshot') {
          const shot = { map: map.snapshot(), model: { pages: new Map(model.pages), length: model.length }, time };
          taken.push(shot);
          all.push(shot);
        } else {
          // The old map lives on as a snapshot does, and must not see what is written to the new one.
          all.push({ map, model, time });
          map = map.copy();
          model = { pages: new Map(model.pages), length: model.length };
          taken = [];
        }
      }
      for (const shot of [...all, { map, model, time: Infinity }]) agree(shot.map, shot.model);
      for (const shot of taken) assert.deepEqual(map.ranges(0, map.length, Infinity, shot.map.version), runs(model, shot.time));
    }),
    { numRuns: 300 },
  );
});

it('a clear of everything is still told after a resize has cut through it', () => {
  const map = new PageMap(200_000 * PAGE);
  const before = map.snapshot();
  map.clear(0, map.length);
  map.resize(100 * PAGE, false);
  assert.deepEqual(map.ranges(0, map.length, Infinity, before.version), [{ start: 0, end: 100 * PAGE, allocated: false }]);
});

it('a list goes on from where its last part ended', () => {
  const map = new PageMap(1000 * PAGE);
  for (let at = 0; at < 1000; at += 3) map.write(at * PAGE, Buffer.alloc(PAGE, 1));
  const whole = map.ranges(0, map.length);
  const parts: PageRun[] = [];
  for (let start = 0, part: PageRun[] = []; start === 0 || part.length === 7; start = part.at(-1)?.end ?? 0) {
    part = map.ranges(start, map.length, 7);
    parts.push(...part);
  }
  assert.deepEqual(parts, whole);
});

function agree(map: PageMap, model: Model): void {
  assert.equal(map.length, model.length * PAGE);
  assert.deepEqual(map.ranges(0, map.length), runs(model, undefined));
  for (const [at, { fill }] of model.pages) {
    const found = map.read(at * PAGE, (at + 1) * PAGE);
    assert.ok(found.equals(Buffer.alloc(PAGE, fill ?? 0)), `page ${at}`);
  }
}

/** Merged runs of the allocated pages or, with `since`, of those touched at or after that step. */
function runs(model: Model, since: number | undefined): PageRun[] {
  const found: { start: number; end: number; allocated: boolean }[] = [];
  for (const [at, { fill, touched }] of [...model.pages].sort(([a], [b]) => a - b)) {
    if (since === undefined ? fill === undefined : touched < since) continue;
    const last = found.at(-1);
    if (last?.end === at * PAGE && last.allocated === (fill !== undefined)) last.end += PAGE;
    else found.push({ start: at * PAGE, end: (at + 1) * PAGE, allocated: fill !== undefined });
  }
  return found;
}

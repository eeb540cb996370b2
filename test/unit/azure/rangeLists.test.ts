import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SMALLEST_WINDOW, tileRanges, type ListRanges, type RangePage } from '../../../src/azure/rangeLists.ts';
import { BackupError, isBackupError } from '../../../src/engine/errors.ts';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import { clip, rangeSet, type RangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import type { RangeWindow } from '../../../src/engine/ranges/rangeWindow.ts';

const GIB = 1024 ** 3;
const TIMED_OUT = new BackupError('timedOut', 'too slow', { retryable: true, effect: 'unknown' });

/** A service that holds `set`, gives `most` ranges an answer and fails for windows over `longest`. Notes what it was asked for. */
function service(
  set: RangeSet,
  { most = Infinity, longest = Infinity, length = 8 * 1024 * GIB } = {},
): { list: ListRanges; asked: PageRange[] } {
  const asked: PageRange[] = [];
  const list: ListRanges = async (window, marker) => {
    asked.push(window);
    if (window.start >= length) throw new BackupError('badInput', 'begins beyond the end');
    if (window.end - window.start > longest) throw TIMED_OUT;
    const inside = clip(set, window);
    const from = marker === undefined ? 0 : Number(marker);
    const part = inside.slice(from, from + most);
    const next = from + most < inside.length ? String(from + most) : undefined;
    return { ranges: part.map(({ start, end }) => ({ start, end: end - 1 })), next, length };
  };
  return { list, asked };
}

async function tile(within: PageRange, list: ListRanges): Promise<RangeWindow[]> {
  return Array.fromAsync(tileRanges(within, list));
}

function assertTiles(windows: readonly RangeWindow[], within: PageRange, set: RangeSet): void {
  let at = within.start;
  for (const window of windows) {
    assert.equal(window.start, at);
    assert.ok(window.end > window.start);
    assert.deepEqual(window.ranges, clip(window.ranges, window));
    at = window.end;
  }
  assert.equal(at, within.end);
  assert.deepEqual(rangeSet(windows.flatMap(({ ranges }) => ranges)), clip(set, within));
}

const pages = (start: number, end: number): PageRange => ({ start: start * 512, end: end * 512 });

describe('lists of page ranges', () => {
  it('are asked for at once where the service can do it', async () => {
    const set = [pages(0, 1), pages(5, 9)];
    const { list, asked } = service(set);
    const windows = await tile(pages(0, 100), list);
    assert.deepEqual(windows, [{ ...pages(0, 100), ranges: set }]);
    assert.deepEqual(asked, [pages(0, 100)]);
  });

  it('are whole whatever the pieces they come in', async () => {
    const arbitrary = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 40 })), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        arbitrary,
        fc.integer({ min: 1, max: 7 }),
        fc.nat(200),
        fc.integer({ min: 1, max: 300 }),
        async (raw, most, from, count) => {
          const set = rangeSet(raw.map(([start, length]) => pages(start, start + length)));
          const within = pages(from, from + count);
          assertTiles(await tile(within, service(set, { most }).list), within, set);
        },
      ),
    );
  });

  it('are asked for in smaller windows where the service is too slow, and in larger ones again', async () => {
    const set = rangeSet(Array.from({ length: 600 }, (_, i) => ({ start: i * GIB, end: i * GIB + 512 })));
    const within = { start: 0, end: 600 * GIB };
    const { list, asked } = service(set, { longest: 64 * GIB, most: 5 });
    assertTiles(await tile(within, list), within, set);
    const sizes = asked.map(({ start, end }) => end - start);
    assert.deepEqual(sizes.slice(0, 3), [600 * GIB, 150 * GIB, 37.5 * GIB]);
    assert.ok(sizes.filter((size) => size > 64 * GIB).length < 10);
  });

  it('go on from the last complete piece when a later one takes too long', async () => {
    const set = [pages(0, 1), { start: 3 * GIB, end: 3 * GIB + 512 }, { start: 5 * GIB, end: 5 * GIB + 512 }];
    const plain = service(set, { most: 1 });
    let failed = false;
    const list: ListRanges = async (window, marker) => {
      if (marker === undefined || failed) return plain.list(window, marker);
      failed = true;
      throw TIMED_OUT;
    };
    const within = { start: 0, end: 8 * GIB };
    const windows = await tile(within, list);
    assertTiles(windows, within, set);
    assert.equal(windows[0]?.end, 512);
  });

  it('fail when not even the smallest window comes, with the error of the service', async () => {
    const asked: PageRange[] = [];
    const list: ListRanges = async (window) => {
      asked.push(window);
      throw TIMED_OUT;
    };
    await assert.rejects(tile({ start: 0, end: GIB }, list), (error: unknown) => error === TIMED_OUT);
    assert.deepEqual(
      asked.map(({ end }) => end),
      [GIB, GIB / 4, SMALLEST_WINDOW],
    );
  });

  it('are not asked for twice after any other failure', async () => {
    for (const code of ['throttled', 'cancelled', 'network', 'previousSnapshotNotFound', 'incompleteAnswer'] as const) {
      let calls = 0;
      const list: ListRanges = async () => {
        calls++;
        throw new BackupError(code, 'no');
      };
      await assert.rejects(tile({ start: 0, end: GIB }, list), (error: unknown) => isBackupError(error, code));
      assert.equal(calls, 1);
    }
  });

  it('may be asked for beyond the end of the image', async () => {
    const { list, asked } = service([pages(0, 2)], { longest: 256 * 1024 * 1024, length: 300 * 1024 * 1024 });
    const within = { start: 0, end: 4 * GIB };
    assertTiles(await tile(within, list), within, [pages(0, 2)]);
    assert.ok(asked.every(({ start }) => start < 300 * 1024 * 1024));
  });

  it('of an empty range are not asked for', async () => {
    assert.deepEqual(await tile(pages(3, 3), service([]).list), []);
  });

  it('clips what the service did not', async () => {
    const list: ListRanges = async () => ({ ranges: [{ start: 0, end: 5119 }], next: undefined, length: undefined });
    assert.deepEqual(await tile(pages(2, 4), list), [{ ...pages(2, 4), ranges: [pages(2, 4)] }]);
  });

  const impossible: Readonly<Record<string, RangePage>> = {
    'starts inside a page': { ranges: [{ start: 1, end: 511 }], next: undefined, length: undefined },
    'ends inside a page': { ranges: [{ start: 0, end: 510 }], next: undefined, length: undefined },
    'has an exclusive end': { ranges: [{ start: 0, end: 512 }], next: undefined, length: undefined },
    'has no number': { ranges: [{ start: Number.NaN, end: 511 }], next: undefined, length: undefined },
    'ends before it starts': { ranges: [{ start: 1024, end: 511 }], next: undefined, length: undefined },
    'is out of order': {
      ranges: [
        { start: 1024, end: 1535 },
        { start: 0, end: 511 },
      ],
      next: undefined,
      length: undefined,
    },
    overlaps: {
      ranges: [
        { start: 0, end: 1023 },
        { start: 512, end: 1535 },
      ],
      next: undefined,
      length: undefined,
    },
    'goes beyond the end of the blob': { ranges: [{ start: 0, end: 1023 }], next: undefined, length: 512 },
  };
  for (const [name, page] of Object.entries(impossible)) {
    it(`are not believed when one ${name}`, async () => {
      await assert.rejects(
        tile(pages(0, 10), async () => page),
        (error: unknown) => isBackupError(error, 'incompleteAnswer') && error.retryable,
      );
    });
  }

  it('are not believed when a later piece goes back', async () => {
    const list: ListRanges = async (_, marker) => ({
      ranges: [{ start: 512, end: 1023 }],
      next: marker === undefined ? 'x' : undefined,
      length: undefined,
    });
    await assert.rejects(tile(pages(0, 10), list), (error: unknown) => isBackupError(error, 'incompleteAnswer'));
  });

  it('do not go round for ever', async () => {
    const list: ListRanges = async () => ({ ranges: [], next: 'same', length: undefined });
    await assert.rejects(tile(pages(0, 10), list), (error: unknown) => isBackupError(error, 'incompleteAnswer'));
  });

  it('do not go round for ever with a new marker each time', { timeout: 10_000 }, async () => {
    let calls = 0;
    const list: ListRanges = async () => ({ ranges: [], next: `marker ${calls++}`, length: undefined });
    await assert.rejects(tile(pages(0, 10), list), (error: unknown) => isBackupError(error, 'incompleteAnswer'));
    assert.ok(calls > 3 && calls < 100);
  });

  it('may have a few empty pages in them', async () => {
    const set = Array.from({ length: 50 }, (_, i) => pages(2 * i, 2 * i + 1));
    const { list } = service(set, { most: 1 });
    let empty = 0;
    const patchy: ListRanges = async (window, marker) => {
      const [, real] = /^(?:empty )?(.*)$/.exec(marker ?? '') ?? [];
      if (marker !== undefined && !marker.startsWith('empty') && empty++ >= 0)
        return { ranges: [], next: `empty ${real}`, length: undefined };
      return list(window, marker === undefined ? undefined : real);
    };
    assertTiles(await tile(pages(0, 100), patchy), pages(0, 100), set);
    assert.ok(empty > 40);
  });
});

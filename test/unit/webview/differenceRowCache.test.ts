import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RowsAnswer } from '../../../src/messages/difference.ts';
import { BLOCK_ROWS, RowCache } from '../../../webview/difference/table/rowCache.ts';

/** Asks that wait until the test answers them. */
function rig(total = 1_000_000) {
  const asks: { from: number; count: number; answer: (really?: number) => void; refuse: (text: string) => void }[] = [];
  let changes = 0;
  const cache = new RowCache(
    (from, count) => {
      const { promise, resolve, reject } = Promise.withResolvers<RowsAnswer>();
      asks.push({
        from,
        count,
        answer: (really = -1) => resolve(rowsFrom(from, Math.min(count, total - from), total, really)),
        refuse: (text) => reject(new Error(text)),
      });
      return promise;
    },
    () => changes++,
  );
  return {
    cache,
    asks,
    changes: () => changes,
    froms: () => asks.map(({ from }) => from),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

function rowsFrom(from: number, count: number, total: number, really: number): RowsAnswer {
  const row = Array.from({ length: count }, (_, i) => from + i);
  return {
    type: 'rows',
    from,
    total,
    bytes: total * 512,
    ids: Uint32Array.from(row),
    starts: Float64Array.from(row, (i) => i * 1024),
    ends: Float64Array.from(row, (i) => i * 1024 + 512),
    kinds: Uint8Array.from(row, (i) => i % 3),
    areas: Int32Array.from(row, () => -1),
    really: Int32Array.from(row, () => really),
  };
}

describe('rows that are near the screen', () => {
  it('are asked for once, then those beside them', async () => {
    const { cache, asks, changes, froms, settle } = rig();
    cache.want(1000, 1030, 1_000_000);
    cache.want(1001, 1031, 1_000_000);
    assert.deepEqual(froms(), [768, 1024, 1280]);
    assert.ok(asks.every(({ count }) => count === BLOCK_ROWS));
    assert.equal(cache.row(1000), undefined);
    asks[0]!.answer();
    await settle();
    assert.equal(changes(), 1);
    assert.deepEqual(cache.row(1000), { id: 1000, start: 1_024_000, end: 1_024_512, kind: 'cleared', area: -1, really: undefined });
    assert.equal(cache.row(1023)?.kind, 'written');
    assert.equal(cache.row(1001)?.kind, 'both');
    // There is room for one more ask.
    assert.deepEqual(froms(), [768, 1024, 1280, 512]);
  });

  it('are those where scrolling ends, not all on the way', async () => {
    const { cache, asks, froms, settle } = rig();
    for (let start = 0; start <= 500_000; start += 1000) cache.want(start, start + 30, 1_000_000);
    assert.equal(asks.length, 3);
    for (const { answer } of asks.slice()) answer();
    await settle();
    assert.deepEqual(froms().slice(3), [499_968, 500_224, 499_712]);
  });

  it('are few, however far somebody scrolls', async () => {
    const { cache, asks, settle } = rig();
    for (let start = 0; start < 300_000; start += 1000) {
      cache.want(start, start + 30, 1_000_000);
      for (; asks.length > 0; await settle()) for (const { answer } of asks.splice(0)) answer();
      assert.equal(cache.row(start)?.id, start);
    }
    assert.ok(cache.size <= 64, String(cache.size));
  });

  it('never reach behind the ends of the list', () => {
    const { cache, froms } = rig(300);
    cache.want(0, 300, 300);
    assert.deepEqual(froms(), [0, 256]);
  });

  it('are forgotten under another filter, answers on the way included', async () => {
    const { cache, asks, changes, settle } = rig();
    cache.want(0, 30, 100);
    cache.clear();
    asks[0]!.answer();
    await settle();
    assert.equal(cache.row(0), undefined);
    assert.equal(changes(), 0);
    cache.want(0, 30, 100);
    assert.equal(asks.length, 2);
  });

  it('stay while they are asked for again', async () => {
    const { cache, asks, settle } = rig();
    cache.want(0, 30, 100);
    asks[0]!.answer();
    await settle();
    cache.refresh();
    assert.equal(cache.row(0)?.really, undefined);
    cache.want(0, 30, 100);
    assert.equal(asks.length, 2);
    asks[1]!.answer(7);
    await settle();
    assert.equal(cache.row(0)?.really, 7);
    cache.want(0, 30, 100);
    assert.equal(asks.length, 2);
  });

  it('learn what was found out about one of them', async () => {
    const { cache, asks, settle } = rig();
    cache.want(0, 30, 100);
    asks[0]!.answer();
    await settle();
    cache.learn(5, 3);
    assert.deepEqual(
      [4, 5].map((row) => cache.row(row)?.really),
      [undefined, 3],
    );
  });

  it('are not asked for over and over where they cannot be had', async () => {
    const { cache, asks, settle } = rig();
    cache.want(0, 30, 100);
    asks[0]!.refuse('The snapshot is gone.');
    await settle();
    assert.equal(asks.length, 1);
    assert.equal(cache.failed?.message, 'The snapshot is gone.');
    cache.want(0, 30, 100);
    assert.equal(asks.length, 2);
    asks[1]!.answer();
    await settle();
    assert.equal(cache.failed, undefined);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PageWork } from '../../../src/engine/transfer/pageWork.ts';
import { shortList } from '../../../src/engine/transfer/shortList.ts';

const window = (start: number, ranges: number): PageWork => ({
  start,
  end: start + 1_048_576,
  write: Array.from({ length: ranges }, (_, i) => ({ start: start + i * 1024, end: start + i * 1024 + 512 })),
  clear: [],
});

function asked(windows: readonly PageWork[]): { list: () => AsyncIterable<PageWork>; times: () => number } {
  let times = 0;
  const list = shortList(async function* () {
    times++;
    yield* windows;
  });
  return { list, times: () => times };
}

describe('a list of work that is gone through twice', () => {
  it('is asked for once while it is short', async () => {
    const windows = [window(0, 3), window(1_048_576, 0)];
    const { list, times } = asked(windows);
    assert.deepEqual(await Array.fromAsync(list()), windows);
    assert.deepEqual(await Array.fromAsync(list()), windows);
    assert.equal(times(), 1);
  });

  it('is asked for again where keeping it would take memory', async () => {
    const windows = Array.from({ length: 21 }, (_, i) => window(i * 1_048_576, 1000));
    const { list, times } = asked(windows);
    assert.deepEqual(await Array.fromAsync(list()), windows);
    assert.deepEqual(await Array.fromAsync(list()), windows);
    assert.equal(times(), 2);
  });

  it('is not taken for whole when the first one to read it left early', async () => {
    const windows = [window(0, 1), window(1_048_576, 1)];
    const { list, times } = asked(windows);
    for await (const first of list()) {
      assert.equal(first, windows[0]);
      break;
    }
    assert.deepEqual(await Array.fromAsync(list()), windows);
    assert.equal(times(), 2);
  });

  it('is not taken for whole when asking for it failed', async () => {
    let times = 0;
    const list = shortList(async function* () {
      times++;
      yield window(0, 1);
      if (times === 1) throw new Error('broken off');
      yield window(1_048_576, 1);
    });
    await assert.rejects(Array.fromAsync(list()), /broken off/);
    assert.equal((await Array.fromAsync(list())).length, 2);
  });
});

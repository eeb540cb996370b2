import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { together } from '../../../src/engine/transfer/together.ts';

describe('calls that are under way at once', () => {
  it('give their results in the order of the list', async () => {
    const results: readonly [number, string] = await together([Promise.resolve(1), Promise.resolve('two')]);
    assert.deepEqual(results, [1, 'two']);
  });

  it('have all settled when one has failed, and the first in the list is told', async () => {
    const order: string[] = [];
    const fails = async (name: string, after: Promise<unknown>) => {
      await after.catch(() => undefined);
      order.push(name);
      throw new Error(name);
    };
    const second = fails('second', Promise.resolve());
    const first = fails('first', second);
    await assert.rejects(together([first, second]), /first/);
    assert.deepEqual(order, ['second', 'first']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ahead } from '../../../src/engine/transfer/ahead.ts';
import { VirtualWorld } from '../../support/memory/virtualWorld.ts';

describe('ahead', () => {
  it('asks for the next item while one is worked on: lists and work overlap', async () => {
    const world = new VirtualWorld();
    const begun = world.now();
    async function* items() {
      for (let i = 0; i < 5; i++) {
        await world.sleep(100);
        yield i;
      }
    }
    const seen: number[] = [];
    for await (const item of ahead(items())) {
      seen.push(item);
      await world.sleep(100);
    }
    assert.deepEqual(seen, [0, 1, 2, 3, 4]);
    assert.equal(world.now() - begun, 600, 'not 1000');
  });

  it('passes a failure on where it comes, after the items before it', async () => {
    async function* items() {
      yield 1;
      throw new Error('the list broke');
    }
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const item of ahead(items())) seen.push(item);
    }, /the list broke/);
    assert.deepEqual(seen, [1]);
  });

  it('left early it waits for what was asked for, and closes the items', async () => {
    const world = new VirtualWorld();
    let [asked, closed] = [0, false];
    async function* items() {
      try {
        for (;;) {
          asked++;
          await world.sleep(50);
          yield asked;
        }
      } finally {
        closed = true;
      }
    }
    for await (const item of ahead(items())) if (item === 1) break;
    assert.ok(closed);
    assert.equal(asked, 2);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Catalogue } from '../../../src/engine/chain/catalogue.ts';
import { takeTurn } from '../../../src/engine/jobs/verify/turn.ts';
import { toolsFor } from '../../../src/engine/tools.ts';
import { CATALOGUE, MemoryChain } from '../../support/chain/memoryChain.ts';

const HOUR = 3_600_000;

function scene() {
  const { service, world } = new MemoryChain({ switches: { latency: { min: 1, max: 1 } } });
  const tools = toolsFor({ world });
  const take = (name: string, patience = HOUR) =>
    takeTurn(new Catalogue(service.client(name).recordStore(CATALOGUE), tools.retrier), 1, patience, tools);
  return { service, world, take };
}

describe("one's turn to verify", () => {
  it('is had by one, also of several who look at the same moment', async () => {
    const { take } = scene();
    const turns = await Promise.all(['a', 'b', 'c'].map((name) => take(name)));
    assert.equal(turns.filter((turn) => turn !== undefined).length, 1);
    assert.equal(await take('d'), undefined);
  });

  it('is free again once it was left, or its holder was not heard of for long', async () => {
    const { service, take, world } = scene();
    await (await take('a'))!.leave();
    assert.ok(await take('b'));
    assert.equal(await take('c'), undefined);
    world.jump(HOUR);
    assert.ok(await take('c'));
    assert.equal(await take('d', 9 * HOUR), undefined);
    await service.recordStore(CATALOGUE).create('000001.verifying-29990101T000000000Z-x.json', '{}');
    world.jump(HOUR);
    assert.ok(await take('e'), 'a clock that goes wrong stops nobody');
  });
});

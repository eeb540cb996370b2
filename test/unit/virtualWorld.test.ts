import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBackupError } from '../../src/engine/errors.ts';
import { VirtualWorld } from '../support/memory/virtualWorld.ts';

describe('virtual world', () => {
  it('wakes sleepers in the order they are due, whatever order they went to sleep in', async () => {
    const world = new VirtualWorld({ start: 1000 });
    const woken: string[] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await world.sleep(ms);
      woken.push(`${name} at ${world.now()}`);
    };
    await Promise.all([sleep('c', 30), sleep('a', 10), sleep('b', 20), sleep('b again', 20)]);
    assert.deepEqual(woken, ['a at 1010', 'b at 1020', 'b again at 1020', 'c at 1030']);
  });

  it('lets everything come to rest before time goes on', async () => {
    const world = new VirtualWorld({ start: 0 });
    const log: string[] = [];
    const worker = async (name: string, step: number): Promise<void> => {
      for (let turn = 0; turn < 3; turn++) {
        await world.sleep(step);
        for (let hop = 0; hop < 50; hop++) await Promise.resolve();
        log.push(`${name}${world.now()}`);
      }
    };
    await Promise.all([worker('a', 10), worker('b', 10), worker('c', 15)]);
    // `c` went to sleep until 30 before the others did.
    assert.deepEqual(log, ['a10', 'b10', 'c15', 'a20', 'b20', 'c30', 'a30', 'b30', 'c45']);
  });

  it('needs no real time', async () => {
    const world = new VirtualWorld();
    const before = world.now();
    await world.sleep(30 * 24 * 3600 * 1000);
    assert.equal(world.now() - before, 30 * 24 * 3600 * 1000);
  });

  it('stops a sleeper whose signal is aborted, at once', async () => {
    const world = new VirtualWorld({ start: 0 });
    const controller = new AbortController();
    const long = world.sleep(1_000_000, controller.signal);
    const short = world.sleep(5).then(() => controller.abort());
    await assert.rejects(long, (error: unknown) => isBackupError(error, 'cancelled'));
    await short;
    assert.equal(world.now(), 5);
    await assert.rejects(world.sleep(1, AbortSignal.abort()), (error: unknown) => isBackupError(error, 'cancelled'));
  });

  it('wakes late what was due while the machine slept', async () => {
    const world = new VirtualWorld({ start: 0 });
    const sleeper = world.sleep(10).then(() => world.now());
    world.jump(8 * 3600 * 1000);
    assert.equal(await sleeper, 8 * 3600 * 1000);
  });

  it('gives the same numbers for the same seed, others for another', () => {
    const draw = (seed: number): unknown => {
      const world = new VirtualWorld({ seed });
      return [world.random(), world.uuid(), world.pick(1000)];
    };
    assert.deepEqual(draw(4), draw(4));
    assert.notDeepEqual(draw(4), draw(5));
    assert.match(new VirtualWorld().uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('draws evenly', () => {
    const world = new VirtualWorld({ seed: 3 });
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 40_000; draw++) counts[world.pick(4)]!++;
    assert.ok(
      counts.every((count) => Math.abs(count - 10_000) < 500),
      String(counts),
    );
  });

  it('ends when something would sleep for ever', async () => {
    const world = new VirtualWorld({ limit: 1000 });
    const forever = (async () => {
      for (;;) await world.sleep(100);
    })();
    await assert.rejects(forever, /Virtual time ran out/);
  });
});

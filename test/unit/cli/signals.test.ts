import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { stopOnSignals } from '../../../src/cli/signals.ts';

function stage() {
  const emitter = new EventEmitter();
  const clock = { now: 5000 };
  const exits: number[] = [];
  let told = 0;
  const target = { on: (name: string, heard: () => void) => emitter.on(name, heard), exit: (status: number) => exits.push(status) };
  const controller = stopOnSignals(
    target,
    () => clock.now,
    () => told++,
  );
  return { controller, clock, exits, send: (name: NodeJS.Signals) => emitter.emit(name), told: () => told };
}

describe('signals', () => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`stops in order at the first ${name}, at once at the second`, () => {
      const { controller, clock, exits, send, told } = stage();
      send(name);
      assert.equal(controller.signal.aborted, true);
      assert.deepEqual([told(), exits], [1, []]);
      clock.now += 1000;
      send(name);
      assert.deepEqual([told(), exits], [1, [3]]);
    });
  }

  it('takes the one that npm hands on for the same', () => {
    const { clock, exits, send } = stage();
    send('SIGINT');
    clock.now += 20;
    send('SIGINT');
    assert.deepEqual(exits, []);
  });
});

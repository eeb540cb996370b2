import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { breath } from '../../../src/azure/breath.ts';

it('however many requests are answered at once, all else has its turn after 16 chunks', async () => {
  const AT_ONCE = 40;
  const EACH = 50;
  let done = 0;
  const inOneGo: number[] = [];
  const answers = Array.from({ length: AT_ONCE }, async () => {
    for (let i = 0; i < EACH; i++) {
      await breath();
      done++;
    }
  });
  for (let before = done; done < AT_ONCE * EACH; before = done) {
    await turn();
    inOneGo.push(done - before);
  }
  await Promise.all(answers);
  assert.equal(Math.max(...inOneGo), 16);
  assert.ok(inOneGo.length >= (AT_ONCE * EACH) / 16);
});

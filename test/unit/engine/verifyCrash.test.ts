import { describe, it } from 'node:test';
import { crashSweep } from '../../support/crash/crashSweep.ts';
import { VERIFY } from '../../support/crash/verifies.ts';

describe('verify whose process dies at any call, before or after its effect', () => {
  for (const effect of ['none', 'done'] as const) {
    it(`effect ${effect}: no right point is ever called wrong, and the next verification finds the wrong one; also when that dies in turn`, async (t) => {
      const { points, pairs } = await crashSweep(VERIFY, effect, { every: 31, least: 10 });
      t.diagnostic(`${points} crash points, ${pairs} pairs`);
    });
  }
});

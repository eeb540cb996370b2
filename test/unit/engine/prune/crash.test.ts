import { describe, it } from 'node:test';
import { crashSweep } from '../../../support/crash/crashSweep.ts';
import { PRUNE } from '../../../support/crash/prunes.ts';

describe('a prune that dies at any call, before or after its effect', () => {
  for (const effect of ['none', 'done'] as const) {
    it(`effect ${effect}: no kept point is touched, the next prune finishes, and backups go on; also when the recovery dies in turn`, async (t) => {
      const { points, pairs } = await crashSweep(PRUNE, effect, { every: 31, least: 20 });
      t.diagnostic(`${points} crash points, ${pairs} pairs`);
    });
  }
});

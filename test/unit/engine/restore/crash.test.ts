import { describe, it } from 'node:test';
import { crashSweep } from '../../../support/crash/crashSweep.ts';
import { RESTORES } from '../../../support/crash/restores.ts';

describe('a restore whose process dies at any call, before or after its effect', () => {
  for (const mortal of RESTORES) {
    for (const effect of ['none', 'done'] as const) {
      it(`${mortal.name}, effect ${effect}: nothing is harmed, and the same request ends right; also when that dies in turn`, async (t) => {
        const { points, pairs } = await crashSweep(mortal, effect, { every: 17, least: 10 });
        t.diagnostic(`${points} crash points, ${pairs} pairs`);
      });
    }
  }
});

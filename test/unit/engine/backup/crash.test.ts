import { describe, it } from 'node:test';
import { INCREMENTALS, OTHER_BACKUPS } from '../../../support/crash/backups.ts';
import { crashSweep } from '../../../support/crash/crashSweep.ts';

describe('a process that dies at any call, before or after its effect', () => {
  for (const effect of ['none', 'done'] as const) {
    const all = [...INCREMENTALS.map((mortal) => ({ mortal, every: 17 })), ...OTHER_BACKUPS.map((mortal) => ({ mortal, every: 41 }))];
    for (const { mortal, every } of all) {
      it(`${mortal.name}, effect ${effect}: no wrong point, and the next run commits; also when the recovery dies in turn`, async (t) => {
        const { points, pairs } = await crashSweep(mortal, effect, { every, least: 30 });
        t.diagnostic(`${points} crash points, ${pairs} pairs`);
      });
    }
  }
});

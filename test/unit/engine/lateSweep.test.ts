import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { INCREMENTALS, OTHER_BACKUPS } from '../../support/crash/backups.ts';
import { lateSweep } from '../../support/crash/lateSweep.ts';
import { PROMOTION } from '../../support/crash/promotions.ts';
import { PRUNE } from '../../support/crash/prunes.ts';
import { RESTORE_CHAINS } from '../../support/crash/restoreChains.ts';
import { RESTORES } from '../../support/crash/restores.ts';
import { VERIFY } from '../../support/crash/verifies.ts';

const sweeps = [
  ...[...INCREMENTALS, ...OTHER_BACKUPS].map((mortal) => [mortal.name, () => lateSweep(mortal, 13)] as const),
  ...RESTORES.filter(({ name }) => !name.includes('file')).map((mortal) => [mortal.name, () => lateSweep(mortal, 13)] as const),
  ...RESTORE_CHAINS.map((mortal) => [mortal.name, () => lateSweep(mortal, 13)] as const),
  ...[PROMOTION, VERIFY, PRUNE].map((mortal) => [mortal.name, () => lateSweep(mortal as typeof PRUNE, 13)] as const),
];

describe('a request whose process died of it, and that arrives while the job is gone on with', () => {
  for (const [name, sweep] of sweeps) {
    it(`${name}: nothing is harmed, and it ends right`, async (t) => {
      const tried = await sweep();
      assert.ok(tried > 0);
      t.diagnostic(`${tried} arrivals`);
    });
  }
});

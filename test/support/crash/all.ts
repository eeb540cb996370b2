import { INCREMENTALS, OTHER_BACKUPS } from './backups.ts';
import { sweepOf, type Sweep } from './crashSweep.ts';
import { PROMOTION } from './promotions.ts';
import { PRUNE } from './prunes.ts';
import { RESTORE_CHAINS } from './restoreChains.ts';
import { RESTORES } from './restores.ts';
import { VERIFY } from './verifies.ts';

/** Every job that is swept; a job that writes belongs here. */
export const SWEEPS: readonly Sweep[] = [
  ...[...INCREMENTALS, ...OTHER_BACKUPS].map(sweepOf),
  ...RESTORES.map(sweepOf),
  ...RESTORE_CHAINS.map(sweepOf),
  sweepOf(PROMOTION),
  sweepOf(VERIFY),
  sweepOf(PRUNE),
];

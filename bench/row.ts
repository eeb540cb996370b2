import type { Measured } from './measure.ts';
import type { Traffic } from './server.ts';

/** One line of the table. */
export interface Row {
  /** Names the rows that are run together: `npm run bench -- --only NAME`. */
  readonly group: string;
  readonly what: string;
  readonly who: string;
  readonly measured: Pick<Measured, 'seconds' | 'cpu' | 'peakMemory'>;
  readonly traffic?: Traffic;
  /** Time of this one divided by AzCopy's for the same disk. */
  readonly ratio?: number;
  readonly note?: string;
}

/** Runs some rows and hands each on as it is known. */
export type Rows = (add: (row: Row) => void) => Promise<void>;

export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;

export function ratioTo(theirs: Measured | undefined, ours: Measured): { ratio?: number } {
  return theirs ? { ratio: ours.seconds / theirs.seconds } : {};
}

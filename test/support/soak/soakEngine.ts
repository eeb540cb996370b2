import fc from 'fast-check';
import { liveMixed, mixedHistories, Tally } from '../../fault/mixed.ts';
import { SWEEPS } from '../crash/all.ts';

/** Histories between two sweeps of crash points. */
const BATCH = 250;

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
}

/** Histories and crash sweeps in turn until the time is over or a law is broken. @returns the exit status */
export async function soakEngine({ minutes, seed }: SoakOptions): Promise<number> {
  const began = Date.now();
  const isOver = (): boolean => Date.now() - began > minutes * 60_000;
  const tally = new Tally();
  const crash = { points: 0, pairs: 0, sweeps: 0 };
  let historiesMs = 0;
  for (let round = 0; round === 0 || !isOver(); round++) {
    const batch = Date.now();
    const property = fc.asyncProperty(mixedHistories, (history) => liveMixed(history, tally));
    const details = await fc.check(property, { numRuns: BATCH, seed: seed + round });
    historiesMs += Date.now() - batch;
    if (details.failed) {
      console.log(`Broken in the histories of seed ${seed + round} (PBB_SEED=${seed + round} PBB_HISTORIES=${BATCH}):`);
      console.log(await fc.asyncDefaultReportMessage(details));
      console.log(details.errorInstance);
      return 1;
    }
    const crashing = SWEEPS[round % SWEEPS.length]!;
    try {
      // Other pairs in each turn; in 17 turns all of them.
      const { points, pairs } = await crashing.sweep(round % 2 === 0 ? 'none' : 'done', { every: 11 + (round % 13), least: 10 });
      crash.points += points;
      crash.pairs += pairs;
      crash.sweeps++;
    } catch (error) {
      console.log(`Broken by a crash, ${crashing.name}:`);
      console.log(error);
      return 1;
    }
    console.log(progressLine(tally, crash, (Date.now() - began) / 60_000));
  }
  report(tally, crash, historiesMs);
  return 0;
}

function progressLine({ histories, restored }: Tally, { points, pairs }: { points: number; pairs: number }, minutes: number): string {
  return `${minutes.toFixed(1)} min: ${histories} histories, ${points + pairs} crashes, ${restored} disks compared, wrong: 0`;
}

function report(tally: Tally, crash: { points: number; pairs: number; sweeps: number }, historiesMs: number): void {
  const list = (map: ReadonlyMap<string, number>): string =>
    [...map]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([what, count]) => `${what} ${count}`)
      .join(', ');
  const rows: readonly (readonly [string, string])[] = [
    ['histories', `${tally.histories}, ${Math.round(tally.histories / (historiesMs / 60_000))} a minute`],
    ['calls of the storage', String(tally.calls)],
    ['jobs', list(tally.jobs)],
    ['faults fired', list(tally.faults)],
    ['crash points', `${crash.points}, and ${crash.pairs} with another crash in the recovery, in ${crash.sweeps} sweeps`],
    ['recovery points', String(tally.points)],
    ['disks restored and compared', `${tally.restored}, ${tally.bytesCompared} bytes`],
    ['wrong backups', '0'],
  ];
  for (const [what, text] of rows) console.log(`${what.padEnd(28)} ${text}`);
}

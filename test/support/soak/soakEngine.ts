import fc from 'fast-check';
import { liveMixed, mixedHistories } from '../../fault/mixed.ts';
import { SWEEPS } from '../crash/all.ts';
import type { Figures } from './figures.ts';

/** Histories of one turn. */
const BATCH = 250;

/** A batch of random histories of all jobs in memory, and one sweep of crash points. @throws where a law is broken, with what shows it again */
export async function soakEngine(seed: number, turn: number, figures: Figures): Promise<void> {
  const began = Date.now();
  const property = fc.asyncProperty(mixedHistories, (history) => liveMixed(history, figures.tally));
  const details = await fc.check(property, { numRuns: BATCH, seed: seed + turn });
  figures.historiesMs += Date.now() - began;
  if (details.failed) {
    const again = `PBB_SEED=${seed + turn} PBB_HISTORIES=${BATCH} node --test test/fault/mixed.test.ts`;
    throw new Error(`${again}\n${await fc.asyncDefaultReportMessage(details)}`, { cause: details.errorInstance });
  }
  const crashing = SWEEPS[turn % SWEEPS.length]!;
  try {
    // Other pairs in each turn; in 17 turns all of them.
    const { points, pairs } = await crashing.sweep(turn % 2 === 0 ? 'none' : 'done', { every: 11 + (turn % 13), least: 10 });
    figures.crashes.points += points;
    figures.crashes.pairs += pairs;
    figures.crashes.sweeps++;
  } catch (error) {
    throw new Error(`The crash sweep of ${crashing.name}`, { cause: error });
  }
}

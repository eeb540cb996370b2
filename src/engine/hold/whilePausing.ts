import { isBackupError } from '../errors.ts';
import type { Hold } from './hold.ts';

/** Stopped or failed: the record of how far the run came stays on the blob, for the next one to go on from. */
export async function whilePausing<T>(hold: Hold, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await pause(hold);
    throw error;
  }
}

/** The record is only a help for the next run: where it cannot be written, that run finds out by itself. */
export async function pause({ journal }: Hold): Promise<void> {
  await journal.pause().catch((reason: unknown) => {
    if (!isBackupError(reason)) throw reason;
  });
}

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { cancelledError } from '../engine/errors.ts';
import type { World } from '../engine/world.ts';

/** This machine's clock and randomness. */
export const systemWorld: World = {
  now: Date.now,
  async sleep(ms, signal) {
    try {
      await wait(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      if (signal?.aborted) throw cancelledError(signal);
      throw error;
    }
  },
  random: Math.random,
  uuid: randomUUID,
};

import { setTimeout as pause } from 'node:timers/promises';

/** How long anything may take. Long, because machines that build are busy; nothing waits longer than it has to. */
export const PATIENCE = 60_000;

/** Asks `check` again and again until it gives something else than undefined or false. The message of a timeout holds `what` and the last error. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  patience = PATIENCE,
): Promise<T> {
  const end = performance.now() + patience;
  let problem = '';
  do {
    try {
      const found = await check();
      if (found !== undefined && found !== false) return found;
      problem = '';
    } catch (error) {
      problem = `\n${error instanceof Error ? error.message : String(error)}`;
    }
    await pause(50);
  } while (performance.now() < end);
  throw new Error(`Waited ${patience / 1000} s in vain: ${what}.${problem}`);
}

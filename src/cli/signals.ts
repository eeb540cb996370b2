import { EXIT } from './exitStatus.ts';

/** npm hands a Ctrl-C on that the terminal has sent to this process already: what comes this soon is the same one. */
const SAME_MS = 300;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Of a process, what is needed to hear its signals. */
export interface Signalled {
  on(signal: NodeJS.Signals, heard: () => void): unknown;
  exit(status: number): unknown;
}

/**
 * The first signal stops the run in order: what is under way settles, and the same command goes on from there. The second one ends the process at
 * once, which loses no more than the run's last seconds.
 * @param onFirst told when a stop begins
 */
export function stopOnSignals(target: Signalled, now: () => number, onFirst: () => void): AbortController {
  const controller = new AbortController();
  let first = 0;
  for (const name of SIGNALS) {
    target.on(name, () => {
      if (!controller.signal.aborted) {
        first = now();
        onFirst();
        controller.abort(name);
      } else if (now() - first > SAME_MS) {
        target.exit(EXIT.interrupted);
      }
    });
  }
  return controller;
}

import type { Failure } from '../words/failure.ts';
import type { RunRecord } from './run.ts';

/** How runs show themselves; the registry knows no more of VS Code. */
export interface RunScreen {
  /** Shows a run that begins. `cancel` is called when the user wants it stopped. */
  begin(record: RunRecord, cancel: () => void): { update(record: RunRecord): void; end(): void };
  tellDone(record: RunRecord, mood: 'good' | 'attention'): void;
  tellStopped(record: RunRecord): void;
  tellFailed(record: RunRecord, failure: Failure): void;
  /** Another run has the same blob already. */
  tellClash(record: RunRecord): void;
}

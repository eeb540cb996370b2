import type { Disposable } from 'vscode';
import type { RunRecord, RunRegistry, RunState } from '../runs/run.ts';
import { targetsOf } from '../runs/runTarget.ts';
import type { RunningHere } from '../words/standing.ts';

export interface RunEvents {
  /** A run on the blob with this key has begun or got on. */
  readonly gotOn: (backupKey: string) => void;
  /** A run has ended, well or not: what it was about is not as it was. */
  readonly ended: (record: RunRecord) => void;
}

/** Which backup blobs this machine's runs are at work on. */
export class RunningRuns implements Disposable {
  readonly #runs: Pick<RunRegistry, 'all' | 'onDidChange'> | undefined;
  readonly #events: RunEvents;
  readonly #states = new Map<string, RunState>();
  readonly #running = new Map<string, RunningHere>();
  readonly #listening: Disposable | undefined;

  constructor(runs: Pick<RunRegistry, 'all' | 'onDidChange'> | undefined, events: RunEvents) {
    this.#runs = runs;
    this.#events = events;
    for (const record of runs?.all() ?? []) this.#note(record);
    this.#listening = runs?.onDidChange((record) => this.#change(record));
  }

  on(backupKey: string): RunningHere | undefined {
    return this.#running.get(backupKey);
  }

  dispose(): void {
    this.#listening?.dispose();
  }

  #change(record: RunRecord | undefined): void {
    for (const each of record ? [record] : (this.#runs?.all() ?? [])) {
      const before = this.#states.get(each.id);
      this.#note(each);
      if (each.state === 'running') this.#events.gotOn(targetsOf(each.spec)[0]);
      else if (before === 'running') this.#events.ended(each);
    }
  }

  #note({ id, state, spec, done, total }: RunRecord): void {
    this.#states.set(id, state);
    if (spec.job !== 'backup') return;
    if (state === 'running') this.#running.set(targetsOf(spec)[0], { done, total });
    else this.#running.delete(targetsOf(spec)[0]);
  }
}

import type { Disposable } from 'vscode';
import type { RunRecord, RunRegistry, RunState } from '../runs/run.ts';
import { targetsOf } from '../runs/runTarget.ts';
import { urlKey } from '../words/places.ts';
import type { BackupHere, RunningHere } from '../words/standing.ts';

export interface RunEvents {
  /** A run that this blob's row tells of has begun or got on, or is no longer in the list. */
  readonly gotOn: (key: string) => void;
  /** A run has ended, well or not: what it was about is not as it was. */
  readonly ended: (record: RunRecord) => void;
}

/** What this machine's backups are at work on, or were when they were interrupted. */
export class RunningRuns implements Disposable {
  readonly #runs: Pick<RunRegistry, 'all' | 'onDidChange'> | undefined;
  readonly #events: RunEvents;
  readonly #states = new Map<string, RunState>();
  /** By the key of the backup blob. */
  readonly #running = new Map<string, RunningHere>();
  /** The youngest of each disk that is under way or can be resumed, by the key of the disk. */
  #ofDisks = new Map<string, BackupHere>();
  readonly #listening: Disposable | undefined;

  constructor(runs: Pick<RunRegistry, 'all' | 'onDidChange'> | undefined, events: RunEvents) {
    this.#runs = runs;
    this.#events = events;
    for (const record of runs?.all() ?? []) this.#note(record);
    this.#noteDisks();
    this.#listening = runs?.onDidChange((record) => this.#change(record));
  }

  on(backupKey: string): RunningHere | undefined {
    return this.#running.get(backupKey);
  }

  /** The backup of this disk that is under way or was interrupted: all that is known of one that has no chain yet. */
  of(diskKey: string): BackupHere | undefined {
    return this.#ofDisks.get(diskKey);
  }

  dispose(): void {
    this.#listening?.dispose();
  }

  #change(record: RunRecord | undefined): void {
    const before = this.#ofDisks;
    for (const each of record ? [record] : (this.#runs?.all() ?? [])) {
      const state = this.#states.get(each.id);
      this.#note(each);
      if (each.state === 'running') this.#events.gotOn(targetsOf(each.spec)[0]);
      else if (state === 'running') this.#events.ended(each);
    }
    this.#noteDisks();
    const disks = new Set([...before.keys(), ...this.#ofDisks.keys()]);
    for (const disk of disks) if (!isSame(before.get(disk), this.#ofDisks.get(disk))) this.#events.gotOn(disk);
  }

  #note({ id, state, spec, done, total }: RunRecord): void {
    this.#states.set(id, state);
    if (spec.job !== 'backup') return;
    if (state === 'running') this.#running.set(targetsOf(spec)[0], { done, total });
    else this.#running.delete(targetsOf(spec)[0]);
  }

  /** From what is in the list now: a run that was forgotten is not told of any more. */
  #noteDisks(): void {
    this.#ofDisks = new Map();
    for (const { state, spec, done, total } of this.#runs?.all() ?? []) {
      if (spec.job !== 'backup' || (state !== 'running' && state !== 'resumable')) continue;
      const key = urlKey(spec.source);
      if (!this.#ofDisks.has(key)) this.#ofDisks.set(key, { state: state === 'running' ? 'running' : 'interrupted', done, total });
    }
  }
}

function isSame(a: BackupHere | undefined, b: BackupHere | undefined): boolean {
  return a?.state === b?.state && a?.done === b?.done && a?.total === b?.total;
}

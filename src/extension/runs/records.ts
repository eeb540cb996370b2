import type { RunEvent } from '../../engine/events.ts';
import { Rate } from '../../engine/rate.ts';
import type { RunRecord, RunSpec } from './run.ts';

/** The record of a run that begins now. */
export function beginRecord(
  spec: RunSpec,
  about: { readonly id: string; readonly title: string; readonly owner: string; readonly now: number },
): RunRecord {
  const { now, ...rest } = about;
  return { ...rest, ...blank, spec, startedAt: now, heardAt: now };
}

const blank = {
  state: 'running',
  phase: undefined,
  done: 0,
  total: 0,
  bytesPerSecond: 0,
  endedAt: undefined,
  moved: undefined,
  outcome: undefined,
  errorCode: undefined,
} as const;

/** The same run once more: what it came to before is gone, its place in the list is that of a run that begins now. */
export function resumeRecord(record: RunRecord, owner: string, now: number): RunRecord {
  return { ...record, ...blank, owner, startedAt: now, heardAt: now };
}

/** The record of a run whose window is gone. */
export function interrupted(record: RunRecord): RunRecord {
  return { ...record, state: 'resumable', bytesPerSecond: 0, endedAt: record.heardAt };
}

/** Follows one run: turns its events into its record. */
export class RecordKeeper {
  #record: RunRecord;
  #rate = new Rate();

  constructor(record: RunRecord) {
    this.#record = record;
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** @returns true when people should see a difference */
  hear(event: RunEvent, now: number): boolean {
    if (event.type === 'phase') {
      this.#rate = new Rate();
      this.#rate.add(now, 0);
      return this.#change({ phase: event.phase, done: 0, total: 0, bytesPerSecond: 0, heardAt: now });
    }
    if (event.type !== 'progress') return false;
    // Calls under way may tell a smaller number late.
    const done = event.phase === this.#record.phase ? Math.max(this.#record.done, event.done) : event.done;
    this.#rate.add(now, done);
    return this.#change({ phase: event.phase, done, total: event.total, bytesPerSecond: this.#rate.bytesPerSecond ?? 0, heardAt: now });
  }

  /** The run's window is still there. */
  beat(now: number): void {
    this.#change({ heardAt: now });
  }

  end(change: Pick<RunRecord, 'state'> & Partial<RunRecord>, now: number): RunRecord {
    this.#change({ bytesPerSecond: 0, ...change, endedAt: now, heardAt: now });
    return this.#record;
  }

  #change(change: Partial<RunRecord>): true {
    this.#record = { ...this.#record, ...change };
    return true;
  }
}

/** Running first, then what can be resumed, then the rest; the youngest first in each. */
export function inOrder(records: readonly RunRecord[]): RunRecord[] {
  const rank = ({ state }: RunRecord): number => (state === 'running' ? 0 : state === 'resumable' ? 1 : 2);
  return [...records].sort((a, b) => rank(a) - rank(b) || (b.endedAt ?? b.startedAt) - (a.endedAt ?? a.startedAt));
}

/** What is too much: the oldest of those that have ended. What runs or waits stays. */
export function surplus(records: readonly RunRecord[], most: number): RunRecord[] {
  const ended = inOrder(records).filter(({ state }) => state === 'done' || state === 'failed');
  return ended.slice(Math.max(0, most - (records.length - ended.length)));
}

import type { Fence, SnapshotId } from '../../../src/engine/pageBlob.ts';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import type { Fault } from './faults.ts';

/** The ports' methods; `length()` is `properties`, each window of a list is a call of its own. */
export type Operation =
  | 'properties'
  | 'allocated'
  | 'changedSince'
  | 'read'
  | 'create'
  | 'resize'
  | 'writePages'
  | 'writePagesFrom'
  | 'clearPages'
  | 'raiseEpoch'
  | 'setMetadata'
  | 'acquireLease'
  | 'renewLease'
  | 'changeLease'
  | 'releaseLease'
  | 'createSnapshot'
  | 'snapshots'
  | 'deleteSnapshot'
  | 'startCopy'
  | 'abortCopy'
  | 'recordList'
  | 'recordRead'
  | 'recordCreate'
  | 'accountFacts'
  | 'containerFacts'
  | 'serviceFacts';

/** What a call asks for. */
export interface CallArguments {
  readonly range?: PageRange | undefined;
  readonly fence?: Fence | undefined;
  /** For records, the record's name. */
  readonly name?: string;
  /** Everything else that the method was given. */
  readonly other?: Readonly<Record<string, unknown>>;
}

/** One call of a port, as an interceptor sees it and as it is kept for the tests. */
export interface Call {
  /** Counts the calls of all clients, from 0. */
  readonly index: number;
  readonly client: string;
  /** Counts the calls of this client, from 0. */
  readonly clientIndex: number;
  readonly operation: Operation;
  /** True when the call may change something in the service. */
  readonly writes: boolean;
  /** The blob's URL, or the record store's. */
  readonly url: string;
  /** The snapshot it reads, deletes, or copies from; undefined for the base blob. */
  readonly snapshot: SnapshotId | undefined;
  readonly args: CallArguments;
}

/** Decides what goes wrong with a call; undefined lets it through. May act on the service meanwhile, as a foreign actor at request n. */
export type Interceptor = (call: Call) => Fault | undefined;

/** A call and how it ended. */
export interface CallRecord extends Call {
  fault: Fault | undefined;
  /** `done`, the code of a BackupError, `crash`, `failed` for any other error, or `underWay`. */
  outcome: string;
}

/** Bytes and calls, by operation, of the calls that were answered. */
export interface Traffic {
  readonly calls: number;
  readonly bytes: number;
}

/** Sums the calls that `select` takes; only answered calls count their bytes. */
export function trafficOf(calls: readonly CallRecord[], select: (call: CallRecord) => boolean): Traffic {
  const taken = calls.filter(select);
  const bytes = taken.filter((call) => call.outcome === 'done').map(({ args }) => (args.range ? args.range.end - args.range.start : 0));
  return { calls: taken.length, bytes: bytes.reduce((sum, part) => sum + part, 0) };
}

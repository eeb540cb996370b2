/**
 * What differs between endpoints, or is not known of the real service (failure-model.md, section 7), and how much one answer holds. May be
 * turned while a test runs.
 */
export interface Switches {
  /** Whether pages that a shrink took away, or that a later growth brings back empty, are listed as touched. */
  resizeTracked: boolean;
  /** `ignored`: answers the list of allocated pages for any previous snapshot, as Azurite does. `refused`: differenceNotSupported. */
  difference: 'honest' | 'ignored' | 'refused';
  /** The blobs of which this is so; undefined: all. */
  differenceOf: readonly string[] | undefined;
  /** Whether Put Page From URL works; `refused`: copySourceRefused, `unsupported`: notSupported. */
  copyFromUrl: 'works' | 'refused' | 'unsupported';
  /** Whether a late write had its lease and epoch checked when it arrived, not when it takes effect. */
  lateWriteCheckedAtArrival: boolean;
  /** Ranges in one window of a list. */
  windowSize: number;
  /** Bytes that one window of a list covers from its first range on; ranges across its end are split. */
  windowBytes: number;
  /** Snapshots in one page of their list. */
  snapshotsPerPage: number;
  /** How often a Copy Blob is asked for (`properties`) before it is done; 0: done at once. */
  copyPolls: number;
  /** Whether a snapshot of a leased blob can be deleted without naming the lease. */
  snapshotDeletion: 'free' | 'needsLease';
  /** Whether Put Blob or Copy Blob over a blob keeps its creation time. */
  overwriteKeepsCreationTime: boolean;
  /** `equal`: every state of a blob has the same ETag, as two writes of one moment have in the service. */
  etags: 'unique' | 'equal';
  /** `backwards`: each id of a snapshot is smaller than the one before. `stuck`: a blob's next snapshot gets the id of its last one, and takes its place. */
  snapshotIds: 'growing' | 'backwards' | 'stuck';
  /** What becomes of a write whose caller aborts it under way; `random` is one of none, at once, late. */
  abortedWrites: 'none' | 'atOnce' | 'late' | 'random';
  /** Virtual milliseconds that a request is under way before it has its effect: uniform between the two. Both 0: no time passes. */
  latency: { readonly min: number; readonly max: number };
  /** Most calls in the life of the service; one more fails with an ordinary error. Finds endless repeats. */
  callLimit: number;
}

export const DEFAULT_SWITCHES: Readonly<Switches> = {
  resizeTracked: true,
  difference: 'honest',
  differenceOf: undefined,
  copyFromUrl: 'works',
  lateWriteCheckedAtArrival: false,
  windowSize: 1000,
  windowBytes: Number.MAX_SAFE_INTEGER,
  snapshotsPerPage: 1000,
  copyPolls: 0,
  snapshotDeletion: 'free',
  overwriteKeepsCreationTime: false,
  etags: 'unique',
  snapshotIds: 'growing',
  abortedWrites: 'random',
  latency: { min: 1, max: 20 },
  callLimit: 1_000_000,
};

/** What nobody knows of the real service, what differs between clouds, and what tests want to go wrong. May be changed while the server runs. */
export interface Switches {
  /** Whether a difference lists the pages that a resize took away or added. Unknown of the real service. */
  resizeTracked: boolean;
  /** `ignored`: prevsnapshot has no effect, the full list is answered, as Azurite does. */
  diffMode: 'honest' | 'ignored';
  /** Page-range lists over more bytes, or with more ranges, answer 500 OperationTimedOut, as the service may on fragmented blobs. */
  rangeListTimeoutAbove: { readonly bytes?: number; readonly ranges?: number } | undefined;
  /** The most ranges, blobs or containers in one answer. */
  maxResultsCap: number;
  /** Put Page From URL. `refused`: 403 CannotVerifyCopySource, as with a firewall; `unsupported`: 501, as on old stacks. */
  copyFromUrl: 'works' | 'refused' | 'unsupported';
  /** Copy Blob: `immediate`, or pending until so many polls (HEAD) or milliseconds have passed. `fails`: ends as failed. */
  copyBlob: { readonly pendingPolls?: number; readonly pendingMs?: number; readonly fails?: boolean };
  /** Sources in the same account need no SAS. The recordings have lost theirs; the service asks for one except where Copy Blob is signed with a key. */
  sameAccountSourceTrusted: boolean;
  /** Whether deleting a snapshot of a leased blob needs the lease id. Not documented. */
  leaseGuardsSnapshots: boolean;
  /** Versions after this one are refused, as by older clouds. */
  newestVersion: string | undefined;
  /** Milliseconds that must lie between two snapshots of a blob in a premium account. */
  premiumSnapshotInterval: number;
  /** Deleted blobs and snapshots stay listed and can be undeleted. */
  softDelete: boolean;
  /** Containers are under such a policy: shown in their properties, and nothing more. */
  immutabilityPolicy: boolean;
  legalHold: boolean;
  /** What accounts are said to be, and nothing more. */
  accountKind: string;
  /** OAuth tokens that are let in; they may do everything. */
  bearerTokens: readonly string[];
  /** How far x-ms-date may lie from the server's clock. */
  dateSkewMs: number | undefined;
}

export function defaultSwitches(): Switches {
  return {
    resizeTracked: false,
    diffMode: 'honest',
    rangeListTimeoutAbove: undefined,
    maxResultsCap: 10_000,
    copyFromUrl: 'works',
    copyBlob: {},
    sameAccountSourceTrusted: false,
    leaseGuardsSnapshots: false,
    newestVersion: undefined,
    premiumSnapshotInterval: 10 * 60_000,
    softDelete: false,
    immutabilityPolicy: false,
    legalHold: false,
    accountKind: 'StorageV2',
    bearerTokens: [],
    dateSkewMs: undefined,
  };
}

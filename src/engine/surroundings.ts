import type { CallOptions } from './pageBlob.ts';

/**
 * The engine's port to what an account and a container do with the blobs in them, as far as the blob service tells. Reads only; one attempt a call.
 * Common errors: accessDenied, sasLacksPermission, notSupported, containerNotFound, network and service errors.
 */
export interface Surroundings {
  /** Blob endpoint, the same for all blobs of one account. */
  readonly endpoint: string;
  /** The account's name where the endpoint tells it. */
  readonly account: string | undefined;
  readonly container: string;

  /** REST: Get Account Information. */
  accountFacts(options?: CallOptions): Promise<AccountFacts>;
  /** REST: Get Container Properties. */
  containerFacts(options?: CallOptions): Promise<ContainerFacts>;
  /** REST: Get Blob Service Properties. */
  serviceFacts(options?: CallOptions): Promise<ServiceFacts>;
}

export interface AccountFacts {
  /** Holds premium page blobs: no block blobs, 100 snapshots, one in ten minutes. */
  readonly isPremium: boolean;
  readonly isHierarchical: boolean;
  /** Such as `StorageV2` (REST: x-ms-account-kind); undefined where the service does not tell. */
  readonly kind: string | undefined;
  /** When the sign-in to the account ends whatever one does, in milliseconds; undefined for keys and tokens. */
  readonly signInEnds: number | undefined;
  /** Milliseconds of the service's clock; undefined where the answer had no date. */
  readonly serviceTime: number | undefined;
}

export interface ContainerFacts {
  readonly hasImmutabilityPolicy: boolean;
  readonly hasLegalHold: boolean;
  /** Anybody may read it without signing in. */
  readonly isPublic: boolean;
}

export interface ServiceFacts {
  /** For how many days deleted blobs and snapshots can be brought back; 0 for not at all. */
  readonly softDeleteDays: number;
}

/** What Azure Resource Manager told of an account, or why it told nothing. */
export type ToldRules = AccountRules | { readonly untold: string };

/** What only Azure Resource Manager knows of an account, or of its blobs whoever signs in. */
export interface AccountRules {
  /** Where the account is managed: for commands that mend something. */
  readonly resource: { readonly subscription: string; readonly group: string; readonly account: string };
  readonly versioning: boolean;
  /** As `ServiceFacts`. */
  readonly softDeleteDays: number;
  /** The same for whole containers. */
  readonly containerSoftDeleteDays: number;
  /** `restricted`: a firewall lets some networks in only. `closed`: private endpoints only. */
  readonly network: 'open' | 'restricted' | 'closed';
  /** From where blobs may be copied into the account: the same directory, or a private link; undefined for anywhere. */
  readonly copyScope: 'AAD' | 'PrivateLink' | undefined;
  /** What keeps each version of a blob as it is, for blobs that say nothing themselves (version-level immutability). */
  readonly keepsVersions: KeptVersions | undefined;
  /** Tags of the legal holds on the container. */
  readonly legalHolds: readonly string[];
  /** The rules that are enabled. */
  readonly lifecycle: readonly LifecycleRule[];
  /** What the sign-in may not look at; nothing is known of it, whatever stands above. */
  readonly unseen: readonly RulesPart[];
}

/** What is asked for in a request of its own, so that it may be refused on its own. */
export type RulesPart = 'service' | 'container' | 'lifecycle';

export interface KeptVersions {
  readonly by: 'account' | 'container';
  readonly days: number;
  /** Nobody can take it back. */
  readonly locked: boolean;
}

/** A rule of lifecycle management. They never touch page blobs, but the catalogue's records are block blobs. */
export interface LifecycleRule {
  readonly name: string;
  readonly blobTypes: readonly string[];
  /** `container/beginning of the name`; none for every blob. */
  readonly prefixes: readonly string[];
  /** Takes only blobs that have certain tags. */
  readonly tagged: boolean;
  readonly deletes: boolean;
  /** Moves blobs to the archive tier, where nobody can read them. */
  readonly archives: boolean;
}

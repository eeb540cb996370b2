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

/** What only Azure Resource Manager knows of an account. */
export interface AccountRules {
  readonly versioning: boolean;
  /** `restricted`: a firewall lets some networks in only. */
  readonly network: 'open' | 'restricted';
  /** From where blobs may be copied into the account: the same directory, or a private link; undefined for anywhere. */
  readonly copyScope: 'AAD' | 'PrivateLink' | undefined;
  /** The rules that are enabled. */
  readonly lifecycle: readonly LifecycleRule[];
}

/** A rule of lifecycle management. They never touch page blobs, but the catalogue's records are block blobs. */
export interface LifecycleRule {
  readonly name: string;
  readonly blobTypes: readonly string[];
  /** `container/beginning of the name`; none for every blob. */
  readonly prefixes: readonly string[];
  readonly deletes: boolean;
  /** Moves blobs to the archive tier, where nobody can read them. */
  readonly archives: boolean;
}

import type { BackupError } from '../../engine/errors.ts';
import type { Credential } from '../tokens.ts';

/** Where Azure Resource Manager answers, and for whom its tokens are. */
export interface ArmEndpoint {
  /** Without slash at the end. */
  readonly url: string;
  readonly scope: string;
}

/** A token for a tenant; undefined stands for the signed-in user's own. */
export type CredentialFor = (tenantId: string | undefined) => Credential;

export interface Subscription {
  readonly id: string;
  readonly name: string;
  /** The tenant that owns it: tokens for the data in its accounts are of this one. */
  readonly tenantId: string;
  /** The tenant that showed it: tokens for listing its accounts are of this one. Another than the owner with Azure Lighthouse. */
  readonly shownBy: string;
}

/** A storage account that can hold page blobs. Its data is reached with tokens alone; account keys are never asked for. */
export interface FoundAccount {
  readonly name: string;
  /** Blob endpoint without slash at the end, as ARM names it: it differs between clouds and for accounts with DNS zones. */
  readonly endpoint: string;
  readonly subscription: Subscription;
  readonly premium: boolean;
  readonly location: string | undefined;
}

/** Why a storage account is not shown. `kind`: block blobs or files only; `hierarchical`: Data Lake Storage. */
export interface LeftOut {
  readonly name: string;
  readonly subscription: string;
  readonly reason: 'kind' | 'hierarchical' | 'noBlobEndpoint';
}

/** A tenant or subscription that could not be looked at; the others are not harmed by it. */
export interface ArmProblem {
  readonly level: 'user' | 'tenant' | 'subscription';
  /** Name for people. */
  readonly label: string;
  readonly tenantId: string | undefined;
  readonly error: BackupError;
}

/** How many tenants or subscriptions are asked at once. */
export const AT_ONCE = { calls: 8, bytes: Infinity };

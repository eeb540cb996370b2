import type { RulesOf } from '../../azure/arm/accountRules.ts';
import type { ToldRules } from '../../engine/surroundings.ts';
import type { Event } from 'vscode';
import type { FindAccess } from '../../azure/access.ts';
import type { BlobAddress } from '../../azure/blobAddress.ts';

/** A storage account in the tree. Holds no secret. */
export interface StorageAccount {
  /** Stable key: the normalised blob endpoint; for a SAS that sees less than the account, followed by `/container` or `/container/blob`. */
  readonly id: string;
  readonly name: string;
  /** Blob endpoint without slash at the end. */
  readonly endpoint: string;
  /** `subscription`: found through ARM. `attached`: by secret, SAS or URL. `emulator`: on this machine. */
  readonly origin: 'subscription' | 'attached' | 'emulator';
  /** What a SAS or blob URL limits the view to. */
  readonly scope: { readonly container: string; readonly blob?: string } | undefined;
  readonly subscription: { readonly id: string; readonly name: string; readonly tenantId: string } | undefined;
  readonly premium: boolean | undefined;
  readonly location: string | undefined;
  readonly pinned: boolean;
}

/** Something that kept accounts from being listed: a row with its remedy. */
export interface AccountProblem {
  /** What could not be listed, such as a subscription's name. */
  readonly label: string;
  /** What happened and what to do, in plain words. */
  readonly text: string;
  readonly remedy: 'retry' | 'signIn';
}

export interface AccountListing {
  /** Pinned first, then by name. */
  readonly accounts: readonly StorageAccount[];
  readonly problems: readonly AccountProblem[];
  /** Somebody is signed in with a Microsoft account. */
  readonly signedIn: boolean;
  /** Azure has not answered yet, and these are the attached accounts alone; `onDidChange` tells when it has. */
  readonly looking?: boolean;
  /** Accounts in the subscriptions that cannot hold page blobs, and why. */
  readonly leftOut?: readonly { readonly name: string; readonly reason: string }[];
}

/** Every account the user has, from all origins. */
export interface AccountDirectory {
  readonly onDidChange: Event<void>;
  /** Asks ARM at the first call and after `refresh`; attached accounts cost nothing. Never shows a sign-in dialog. */
  list(signal: AbortSignal): Promise<AccountListing>;
  refresh(): void;
  /** The credential for an address, asked at each use; secrets come from SecretStorage only. */
  readonly findAccess: FindAccess;
  /** Blob endpoints of all known accounts, so that path-style addresses are understood. */
  endpoints(): readonly string[];
  /** What Azure Resource Manager tells of an account that it found, and of a container in it; or why it tells nothing. @throws cancelled */
  rulesOf(of: RulesOf, signal: AbortSignal | undefined): Promise<ToldRules>;
  /** Tells apart addresses of one endpoint that have different credentials; undefined where the endpoint says it all. */
  credentialId(address: BlobAddress): string | undefined;
}

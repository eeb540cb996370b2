import type { StorageAccount } from './account.ts';
import type { Secret } from '../../azure/secret.ts';

/** An attached account as it is kept: everything but its secret. */
export interface AttachedAccount {
  readonly id: string;
  readonly name: string;
  readonly endpoint: string;
  readonly origin: 'attached' | 'emulator';
  readonly scope: StorageAccount['scope'];
  /** `entra`: with the token of whoever is signed in. */
  readonly access: 'key' | 'sas' | 'entra';
  /** When its SAS ends, as written there. */
  readonly expires: string | undefined;
}

/** An account to attach, with its secret beside it. */
export interface Attachment {
  readonly account: AttachedAccount;
  /** Account key or SAS; none for `entra`. */
  readonly secret: Secret | undefined;
  /** It can be attached all the same. */
  readonly warning: AttachWarning | undefined;
}

/** Why something that was typed cannot be attached. */
export type AttachProblem =
  | 'empty'
  | 'notConnectionString'
  | 'noCredential'
  | 'accountName'
  | 'key'
  | 'endpoint'
  | 'notUrl'
  | 'urlParameters'
  | 'noSas'
  | 'sasCutShort'
  | 'sasExpired'
  | 'sasOfSnapshot'
  | 'sasOfDirectory'
  | 'sasNotForBlobs'
  | 'tokenNeedsHttps'
  | 'notLocal';

/** What works, but less than people may think. */
export type AttachWarning = 'sasCannotList' | 'sasReadOnly' | 'notEncrypted';

export type Attached = { readonly attachment: Attachment } | { readonly problem: AttachProblem };

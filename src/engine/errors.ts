/**
 * Every failure the engine and its adapters know, by a stable code. Callers match on `code`, never on text or class.
 * The command line maps codes to exit statuses, the extension maps them to words and actions.
 */
export type ErrorCode =
  // the caller's input
  | 'badInput'
  | 'notPageBlob'
  | 'unaligned'
  | 'sameBlob'
  // access
  | 'signInNeeded'
  | 'accessDenied'
  | 'sasExpired'
  | 'sasLacksPermission'
  | 'clockSkew'
  // not found
  | 'hostNotFound'
  | 'accountNotFound'
  | 'containerNotFound'
  | 'blobNotFound'
  | 'snapshotNotFound'
  // conflict: nothing was done, somebody else holds or changed something
  | 'busy'
  | 'leaseHeld'
  | 'leaseLost'
  | 'epochMoved'
  | 'conditionNotMet'
  | 'superseded'
  | 'alreadyExists'
  | 'notOurs'
  | 'otherSource'
  | 'copyPending'
  | 'systemInUse'
  | 'snapshotsPresent'
  | 'snapshotLimit'
  | 'immutable'
  // the service will not give a difference
  | 'previousSnapshotNotFound'
  | 'previousSnapshotNewer'
  | 'blobOverwritten'
  | 'differenceNotSupported'
  // integrity
  | 'integrity'
  | 'checksumMismatch'
  | 'incompleteAnswer'
  // the service kept failing
  | 'throttled'
  | 'serviceFailed'
  | 'timedOut'
  | 'network'
  // copying
  | 'copySourceRefused'
  | 'copyFailed'
  // this machine
  | 'noSpace'
  | 'fileProblem'
  // ends
  | 'cancelled'
  | 'notSupported'
  | 'unexpected';

export interface BackupErrorDetails {
  /** May the same call succeed when repeated? Decides between "try again" and "mend something first". */
  readonly retryable?: boolean;
  /**
   * `none`: the service certainly did nothing (4xx, 503). `unknown`: it may have done it (500, 502, 504, socket error, time-out, cut answer).
   * Source: REST, Put Page, remarks on time-outs.
   */
  readonly effect?: 'none' | 'unknown';
  /** Milliseconds that the service asked to wait (Retry-After). */
  readonly retryAfter?: number;
  /** What to do next, for people. */
  readonly hint?: string;
  /** What was not harmed, for people. */
  readonly unharmed?: string;
  /** The service's own error code and request id, for the log only. */
  readonly service?: { readonly status?: number; readonly code?: string; readonly requestId?: string };
  readonly cause?: unknown;
}

/** The one error class of the product. `message` says what happened; `unharmed` and `hint` say the rest. No text ever holds a secret. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly effect: 'none' | 'unknown';
  readonly retryAfter: number | undefined;
  readonly hint: string | undefined;
  readonly unharmed: string | undefined;
  readonly service: BackupErrorDetails['service'];

  constructor(code: ErrorCode, message: string, details: BackupErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.effect = details.effect ?? 'none';
    this.retryAfter = details.retryAfter;
    this.hint = details.hint;
    this.unharmed = details.unharmed;
    this.service = details.service;
  }

  /** What happened, what was not harmed, what to do next, in this order. */
  get fullText(): string {
    return [this.message, this.unharmed, this.hint].filter(Boolean).join(' ');
  }
}

export function isBackupError(error: unknown, ...codes: ErrorCode[]): error is BackupError {
  return error instanceof BackupError && (codes.length === 0 || codes.includes(error.code));
}

/** The `cancelled` error of a run that its user stopped; an AbortSignal's reason becomes the cause. */
export function cancelledError(signal?: AbortSignal): BackupError {
  return new BackupError('cancelled', 'Stopped before the end.', { cause: signal?.reason });
}

/** Throws `cancelled` when the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelledError(signal);
}

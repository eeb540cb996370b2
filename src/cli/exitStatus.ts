import { BackupError, type ErrorCode } from '../engine/errors.ts';

/** What the command line's exit statuses mean. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  /** The same command goes on from there. */
  interrupted: 3,
  access: 4,
  notFound: 5,
  /** Leased, busy, changed, there already. */
  conflict: 6,
  integrity: 7,
  serviceFailed: 8,
  notSupported: 9,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** The one table from error codes to exit statuses; the compiler sees that no code is missing. */
export const EXIT_STATUS: Readonly<Record<ErrorCode, ExitStatus>> = {
  badInput: EXIT.usage,
  notPageBlob: EXIT.usage,
  unaligned: EXIT.usage,
  sameBlob: EXIT.usage,
  // A place on this machine that does not serve is named by whoever typed the command.
  noSpace: EXIT.usage,
  fileProblem: EXIT.usage,
  previousSnapshotNewer: EXIT.usage,

  cancelled: EXIT.interrupted,

  signInNeeded: EXIT.access,
  accessDenied: EXIT.access,
  sasExpired: EXIT.access,
  sasLacksPermission: EXIT.access,
  clockSkew: EXIT.access,
  copySourceRefused: EXIT.access,

  hostNotFound: EXIT.notFound,
  accountNotFound: EXIT.notFound,
  containerNotFound: EXIT.notFound,
  blobNotFound: EXIT.notFound,
  snapshotNotFound: EXIT.notFound,
  previousSnapshotNotFound: EXIT.notFound,

  busy: EXIT.conflict,
  leaseHeld: EXIT.conflict,
  leaseLost: EXIT.conflict,
  epochMoved: EXIT.conflict,
  conditionNotMet: EXIT.conflict,
  superseded: EXIT.conflict,
  alreadyExists: EXIT.conflict,
  notOurs: EXIT.conflict,
  otherSource: EXIT.conflict,
  copyPending: EXIT.conflict,
  systemInUse: EXIT.conflict,
  snapshotsPresent: EXIT.conflict,
  snapshotLimit: EXIT.conflict,
  immutable: EXIT.conflict,
  blobOverwritten: EXIT.conflict,

  integrity: EXIT.integrity,
  checksumMismatch: EXIT.integrity,

  incompleteAnswer: EXIT.serviceFailed,
  throttled: EXIT.serviceFailed,
  serviceFailed: EXIT.serviceFailed,
  timedOut: EXIT.serviceFailed,
  network: EXIT.serviceFailed,
  copyFailed: EXIT.serviceFailed,

  differenceNotSupported: EXIT.notSupported,
  notSupported: EXIT.notSupported,

  unexpected: EXIT.unexpected,
};

/** The exit status of a command that failed with `error`. */
export function exitStatusOf(error: unknown): ExitStatus {
  return error instanceof BackupError ? EXIT_STATUS[error.code] : EXIT.unexpected;
}

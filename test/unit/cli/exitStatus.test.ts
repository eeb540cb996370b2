import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXIT_STATUS, exitStatusOf } from '../../../src/cli/exitStatus.ts';
import { BackupError, type ErrorCode } from '../../../src/engine/errors.ts';

/** The contract as it is written for users, code by code: a new code does not compile without an entry here and there. */
const CONTRACT = {
  badInput: 2,
  notPageBlob: 2,
  unaligned: 2,
  sameBlob: 2,
  noSpace: 2,
  fileProblem: 2,
  previousSnapshotNewer: 2,
  cancelled: 3,
  signInNeeded: 4,
  accessDenied: 4,
  sasExpired: 4,
  sasLacksPermission: 4,
  clockSkew: 4,
  copySourceRefused: 4,
  hostNotFound: 5,
  accountNotFound: 5,
  containerNotFound: 5,
  blobNotFound: 5,
  snapshotNotFound: 5,
  previousSnapshotNotFound: 5,
  busy: 6,
  leaseHeld: 6,
  leaseLost: 6,
  epochMoved: 6,
  conditionNotMet: 6,
  superseded: 6,
  alreadyExists: 6,
  notOurs: 6,
  otherSource: 6,
  copyPending: 6,
  systemInUse: 6,
  snapshotsPresent: 6,
  snapshotLimit: 6,
  immutable: 6,
  blobOverwritten: 6,
  integrity: 7,
  checksumMismatch: 7,
  incompleteAnswer: 8,
  throttled: 8,
  serviceFailed: 8,
  timedOut: 8,
  network: 8,
  copyFailed: 8,
  differenceNotSupported: 9,
  notSupported: 9,
  unexpected: 1,
} as const satisfies Record<ErrorCode, number>;

describe('exit statuses', () => {
  it('are those of the contract for every code', () => {
    assert.deepEqual({ ...EXIT_STATUS }, { ...CONTRACT });
    for (const [code, status] of Object.entries(CONTRACT)) assert.equal(exitStatusOf(new BackupError(code as ErrorCode, '')), status);
  });

  it('are 1 for what nobody expected', () => {
    for (const thrown of [new Error('x'), new TypeError('y'), 'text', undefined]) assert.equal(exitStatusOf(thrown), 1);
  });
});

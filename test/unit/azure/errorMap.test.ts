import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { mapError, type CallContext } from '../../../src/azure/errorMap.ts';
import { CODES } from '../../../src/azure/errorTable.ts';
import { factsOf } from '../../../src/azure/sasFacts.ts';
import { Secret } from '../../../src/azure/secret.ts';
import type { BackupError, ErrorCode } from '../../../src/engine/errors.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const SIG = 'TopSecretSignature0123456789';
const TARGET = 'https://acct.blob.core.windows.net/vhds/os.vhd';

const context = (changes: Partial<CallContext> = {}): CallContext => ({
  operation: 'write',
  target: TARGET,
  signedBy: 'key',
  now: () => NOW,
  ...changes,
});

/** An error as the SDK throws it. */
function answer(
  status: number,
  code: string | undefined,
  { text = '', headers = {} }: { text?: string; headers?: Record<string, string> } = {},
): Error {
  const all: Record<string, string> = {
    date: new Date(NOW).toUTCString(),
    'x-ms-request-id': 'request-1',
    ...(code ? { 'x-ms-error-code': code } : {}),
    ...headers,
  };
  const bodyAsText = `<Error><Code>${code ?? ''}</Code><Message>${text}</Message></Error>`;
  return Object.assign(new Error(`${text} ?sig=${SIG}`), {
    name: 'RestError',
    statusCode: status,
    request: { url: `${TARGET}?sig=${SIG}`, headers: { authorization: `SharedKey a:${SIG}` } },
    response: { status, bodyAsText, headers: { get: (name: string) => all[name] } },
  });
}

const sas = (query: string): Partial<CallContext> => ({ signedBy: 'sas', sas: factsOf(new Secret(`${query}&sig=${SIG}`)) });

function assertSafe(error: BackupError): void {
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(SIG), 'a secret in the error');
  assert.ok(!JSON.stringify(error).includes(SIG) && !error.fullText.includes(SIG));
}

describe('the table of errors', () => {
  const expected: readonly (readonly [number, string | undefined, ErrorCode, boolean, 'none' | 'unknown'])[] = [
    [404, 'BlobNotFound', 'blobNotFound', false, 'none'],
    [404, 'ContainerNotFound', 'containerNotFound', false, 'none'],
    [404, undefined, 'blobNotFound', false, 'none'],
    [409, 'LeaseAlreadyPresent', 'busy', false, 'none'],
    [412, 'LeaseIdMissing', 'leaseHeld', false, 'none'],
    [412, 'LeaseIdMismatchWithBlobOperation', 'leaseLost', false, 'none'],
    [409, 'LeaseIdMismatchWithLeaseOperation', 'leaseLost', false, 'none'],
    [412, 'LeaseLost', 'leaseLost', false, 'none'],
    [412, 'LeaseNotPresentWithBlobOperation', 'leaseLost', false, 'none'],
    [412, 'SequenceNumberConditionNotMet', 'epochMoved', false, 'none'],
    [412, 'ConditionNotMet', 'conditionNotMet', false, 'none'],
    [409, 'BlobAlreadyExists', 'alreadyExists', false, 'none'],
    [409, 'InvalidBlobType', 'notPageBlob', false, 'none'],
    [409, 'SystemInUse', 'systemInUse', false, 'none'],
    [409, 'PendingCopyOperation', 'copyPending', false, 'none'],
    [409, 'SnapshotsPresent', 'snapshotsPresent', false, 'none'],
    [409, 'SnapshotCountExceeded', 'snapshotLimit', false, 'none'],
    [409, 'SnapshotOperationRateExceeded', 'snapshotLimit', false, 'none'],
    [409, 'SnaphotOperationRateExceeded', 'snapshotLimit', false, 'none'],
    [409, 'BlobImmutableDueToPolicy', 'immutable', false, 'none'],
    [409, 'PreviousSnapshotNotFound', 'previousSnapshotNotFound', false, 'none'],
    [400, 'PreviousSnapshotCannotBeNewer', 'previousSnapshotNewer', false, 'none'],
    [409, 'PreviousSnapshotOperationNotSupported', 'differenceNotSupported', false, 'none'],
    [409, 'BlobOverwritten', 'blobOverwritten', false, 'none'],
    [409, 'BlobGenerationMismatch', 'blobOverwritten', false, 'none'],
    [416, 'InvalidPageRange', 'badInput', false, 'none'],
    [400, 'Md5Mismatch', 'checksumMismatch', true, 'none'],
    [409, 'FeatureVersionMismatch', 'notSupported', false, 'none'],
    [501, 'APINotImplemented', 'notSupported', false, 'none'],
    [304, 'CannotVerifyCopySource', 'copySourceRefused', false, 'unknown'],
    [412, 'CannotVerifyCopySource', 'copySourceRefused', false, 'none'],
    [304, 'ConditionNotMet', 'conditionNotMet', false, 'unknown'],
    [304, undefined, 'incompleteAnswer', true, 'unknown'],
    // The context is that of an account key; no sign-in would mend it.
    [401, undefined, 'accessDenied', false, 'none'],
    [403, undefined, 'accessDenied', false, 'none'],
    [408, undefined, 'timedOut', true, 'unknown'],
    [429, undefined, 'throttled', true, 'none'],
    [503, 'ServerBusy', 'throttled', true, 'none'],
    [503, undefined, 'throttled', true, 'none'],
    [500, 'InternalError', 'serviceFailed', true, 'unknown'],
    [500, 'OperationTimedOut', 'timedOut', true, 'unknown'],
    [502, undefined, 'serviceFailed', true, 'unknown'],
    [504, undefined, 'timedOut', true, 'unknown'],
    [418, 'Teapot', 'unexpected', false, 'none'],
    [302, undefined, 'unexpected', false, 'unknown'],
    [599, undefined, 'serviceFailed', true, 'unknown'],
  ];
  for (const [status, code, meant, retryable, effect] of expected) {
    it(`${status} ${code ?? ''} is ${meant}`, () => {
      const error = mapError(answer(status, code), context());
      assert.deepEqual([error.code, error.retryable, error.effect], [meant, retryable, effect]);
      assert.deepEqual(error.service, { status, requestId: 'request-1', ...(code ? { code } : {}) });
      assert.ok(error.message.startsWith(`Could not write to ${TARGET}: `), error.message);
      assertSafe(error);
    });
  }

  it('has people words for every code', () => {
    for (const [code, { what, hint }] of Object.entries(CODES)) {
      assert.match(what, /^[a-z"]/, code);
      assert.doesNotMatch(what, /[.!]$/, code);
      if (hint !== undefined) assert.match(hint, /^[A-Z].*\.$/s, code);
    }
  });

  it('tells a missing snapshot from a missing blob', () => {
    assert.equal(mapError(answer(404, 'BlobNotFound'), context({ snapshot: true })).code, 'snapshotNotFound');
  });

  it('tells a condition that no blob should be there from others', () => {
    for (const operation of ['create', 'startCopy'] as const) {
      assert.equal(mapError(answer(412, 'ConditionNotMet'), context({ operation })).code, 'alreadyExists');
    }
  });

  it('reads how long the service asks to wait', () => {
    assert.equal(mapError(answer(503, 'ServerBusy', { headers: { 'retry-after': '7' } }), context()).retryAfter, 7000);
    assert.equal(mapError(answer(503, 'ServerBusy', { headers: { 'x-ms-retry-after-ms': '250' } }), context()).retryAfter, 250);
    const date = new Date(NOW + 5000).toUTCString();
    assert.equal(mapError(answer(503, 'ServerBusy', { headers: { 'retry-after': date } }), context()).retryAfter, 5000);
    assert.equal(mapError(answer(503, 'ServerBusy'), context()).retryAfter, undefined);
  });

  it('knows an endpoint that is older than the SDK', () => {
    const error = mapError(answer(400, 'InvalidHeaderValue', { text: '<HeaderName>x-ms-version</HeaderName>' }), context());
    assert.equal(error.code, 'notSupported');
    assert.match(error.fullText, /2017-11-09/);
  });

  it('tries again when the source of a copy was only busy, and says what it was otherwise', () => {
    const busy = answer(500, 'CannotVerifyCopySource', {
      headers: { 'x-ms-copy-source-status-code': '503', 'x-ms-copy-source-error-code': 'ServerBusy' },
    });
    assert.deepEqual([mapError(busy, context()).code, mapError(busy, context()).retryable], ['throttled', true]);
    const gone = answer(404, 'CannotVerifyCopySource', {
      headers: { 'x-ms-copy-source-status-code': '404', 'x-ms-copy-source-error-code': 'BlobNotFound' },
    });
    assert.equal(mapError(gone, context()).code, 'copySourceRefused');
    assert.match(mapError(gone, context()).message, /no such blob/);
  });
});

describe('refused access', () => {
  it('says that a SAS expired, and when', () => {
    const told = answer(403, 'AuthenticationFailed', { text: 'Signature not valid in the specified time frame: Start [..] - Expiry [..]' });
    const error = mapError(told, context(sas('sp=rw&se=2026-11-21T11:00:00Z')));
    assert.equal(error.code, 'sasExpired');
    assert.match(error.message, /2026-11-21T11:00:00Z/);
    assert.equal(mapError(answer(403, 'AuthenticationFailed'), context(sas('sp=rw&se=2026-11-21T11:00:00Z'))).code, 'sasExpired');
    assert.equal(mapError(answer(403, 'AuthenticationFailed'), context(sas('sp=rw&se=2026-11-22'))).code, 'accessDenied');
    assert.match(
      mapError(answer(403, 'AuthenticationFailed'), context(sas('sp=rw&st=2026-11-22&se=2026-11-23'))).message,
      /not valid before 2026-11-22/,
    );
    assertSafe(error);
  });

  it('goes by the service’s clock, not by ours', () => {
    const late = answer(403, 'AuthenticationFailed', { headers: { date: 'Sat, 21 Nov 2026 13:00:00 GMT' } });
    assert.equal(mapError(late, context(sas('sp=rw&se=2026-11-21T12:30:00Z'))).code, 'sasExpired');
  });

  it('names the letter that a SAS lacks', () => {
    const mismatch = answer(403, 'AuthorizationPermissionMismatch');
    const cases = [
      ['write', 'r', /lacks permission w \(write\); it has "r"/],
      ['read', 'w', /lacks permission r \(read\)/],
      ['createSnapshot', 'r', /lacks permission c \(create\) or w \(write\)/],
      ['deleteSnapshot', 'racwl', /lacks permission d \(delete\)/],
      ['listSnapshots', 'rw', /lacks permission l \(list\)/],
    ] as const;
    for (const [operation, letters, text] of cases) {
      const error = mapError(mismatch, context({ operation, ...sas(`sr=c&sp=${letters}&se=2027-01-01`) }));
      assert.equal(error.code, 'sasLacksPermission');
      assert.match(error.message, text);
    }
  });

  it('says that a SAS is for one blob where a list is needed', () => {
    const error = mapError(
      answer(403, 'AuthorizationPermissionMismatch'),
      context({ operation: 'listSnapshots', ...sas('sr=b&sp=rl&se=2027-01-01') }),
    );
    assert.equal(error.code, 'sasLacksPermission');
    assert.match(error.fullText, /container/);
  });

  it('does not blame letters that are there', () => {
    assert.equal(mapError(answer(403, 'AuthorizationFailure'), context(sas('sp=rw&se=2027-01-01'))).code, 'accessDenied');
  });

  it('names the action that a role lacks', () => {
    const refused = answer(403, 'AuthorizationPermissionMismatch');
    assert.match(
      mapError(refused, context({ operation: 'read', signedBy: 'token' })).fullText,
      /containers\/blobs\/read.*Storage Blob Data Reader/s,
    );
    assert.match(mapError(refused, context({ operation: 'deleteSnapshot', signedBy: 'token' })).fullText, /blobs\/delete.*Contributor/s);
    assert.match(
      mapError(refused, context({ operation: 'delegationKey', signedBy: 'token' })).fullText,
      /generateUserDelegationKey.*Delegator/s,
    );
  });

  it('suspects the clock when it is far off', () => {
    const headers = { date: 'Sat, 21 Nov 2026 12:31:00 GMT' };
    for (const signedBy of ['key', 'token'] as const) {
      const error = mapError(answer(403, 'AuthenticationFailed', { headers }), context({ signedBy }));
      assert.equal(error.code, 'clockSkew');
      assert.match(error.message, /31 minutes/);
    }
    assert.equal(mapError(answer(403, 'AuthenticationFailed'), context({ signedBy: 'token' })).code, 'signInNeeded');
  });

  it('speaks of the key where a key was refused', () => {
    const error = mapError(answer(403, 'AuthenticationFailed'), context());
    assert.equal(error.code, 'accessDenied');
    assert.match(error.fullText, /did not accept the account key.* was not regenerated/);
  });
});

describe('failures without an answer', () => {
  const failure = (code: string, message = 'failed'): Error => Object.assign(new Error(`${message} ?sig=${SIG}`), { code });
  const expected: readonly (readonly [string, ErrorCode, boolean, 'none' | 'unknown'])[] = [
    ['ENOTFOUND', 'hostNotFound', false, 'none'],
    ['EAI_AGAIN', 'hostNotFound', true, 'none'],
    ['ECONNREFUSED', 'network', true, 'none'],
    ['ECONNRESET', 'network', true, 'unknown'],
    ['ETIMEDOUT', 'network', true, 'unknown'],
    ['EPIPE', 'network', true, 'unknown'],
    ['REQUEST_SEND_ERROR', 'network', true, 'unknown'],
    ['CERT_HAS_EXPIRED', 'network', false, 'none'],
    ['PARSE_ERROR', 'incompleteAnswer', true, 'unknown'],
  ];
  for (const [errno, code, retryable, effect] of expected) {
    it(`${errno} is ${code}`, () => {
      const error = mapError(failure(errno), context());
      assert.deepEqual([error.code, error.retryable, error.effect], [code, retryable, effect]);
      assertSafe(error);
    });
  }

  it('is worth another try when a host that has answered is not found any more', () => {
    assert.equal(mapError(failure('ENOTFOUND'), context({ answered: true })).retryable, true);
  });

  it('tells the user’s stop from the deadline and from a cut answer', () => {
    const abort = Object.assign(new Error('aborted'), { name: 'AbortError' });
    assert.equal(mapError(abort, context({ signal: AbortSignal.abort() })).code, 'cancelled');
    const late = mapError(abort, context({ gaveUpAfter: 30 }));
    assert.deepEqual([late.code, late.retryable, late.effect], ['timedOut', true, 'unknown']);
    assert.equal(mapError(abort, context()).code, 'incompleteAnswer');
    assert.equal(mapError(new Error('Data corruption failure: received less data than required'), context()).code, 'incompleteAnswer');
  });

  it('keeps a safe trace of what is not known', () => {
    const error = mapError(new TypeError(`no such thing ?sig=${SIG}`), context());
    assert.equal(error.code, 'unexpected');
    assert.ok(error.cause instanceof Error);
    assertSafe(error);
  });
});

import type { ErrorCode } from '../engine/errors.ts';

/** What one error code of the service means here. `what` completes "Could not <do it>: …". */
export interface Meaning {
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint?: string;
  /** May the same call succeed when repeated? */
  readonly retryable?: boolean;
}

const LEASE_GONE: Meaning = {
  code: 'leaseLost',
  what: 'the lease is no longer there; it ran out, was broken, or somebody else took it',
  hint: 'Run the same command again.',
};
const TOO_LATE_FOR_DIFFERENCE =
  'the service keeps no difference to the earlier snapshot, because the blob was written anew as a whole in between';
const OLD_CLOUD = 'For Azure Stack Hub and other older clouds choose the API version they know, such as 2017-11-09.';
const TIER_TOO_SMALL: Meaning = {
  code: 'notSupported',
  what: 'the tier is too small for the disk',
  hint: 'Name a larger tier, or give the blob one that is there already: az storage blob set-tier --type page --tier <tier>.',
};
const PATIENCE = 'Wait a little and try again.';
const ENTRA_ROLE =
  'Ask for the role "Storage Blob Data Contributor" on the storage account; the roles Owner and Contributor alone give no access to data.';

/**
 * The one table of the service's error codes (x-ms-error-code). Statuses without a code are in `STATUSES`.
 * Sources: REST, Blob service error codes and Common error codes; recorded answers.
 */
export const CODES: Readonly<Record<string, Meaning>> = {
  // not found
  BlobNotFound: { code: 'blobNotFound', what: 'there is no such blob', hint: 'Check the name; names are case-sensitive.' },
  ResourceNotFound: { code: 'blobNotFound', what: 'there is no such blob, container or account' },
  ContainerNotFound: { code: 'containerNotFound', what: 'there is no such container' },
  ContainerBeingDeleted: { code: 'containerNotFound', what: 'the container is being deleted', hint: PATIENCE },
  ContainerDisabled: { code: 'accessDenied', what: 'the container has been disabled' },
  // leases and conditions
  LeaseAlreadyPresent: {
    code: 'busy',
    what: 'somebody else holds its lease',
    hint: 'It may be another run, or a VM that uses the disk: wait until it is done.',
  },
  LeaseIsBreakingAndCannotBeAcquired: { code: 'busy', what: 'its lease is being broken', hint: PATIENCE },
  LeaseIdMissing: {
    code: 'leaseHeld',
    what: 'it is leased',
    hint: 'A VM that uses the disk, or another run, holds the lease; detach or wait.',
  },
  LeaseIdMismatchWithBlobOperation: LEASE_GONE,
  LeaseIdMismatchWithLeaseOperation: LEASE_GONE,
  LeaseIdMismatchWithContainerOperation: LEASE_GONE,
  LeaseLost: LEASE_GONE,
  LeaseNotPresentWithBlobOperation: LEASE_GONE,
  LeaseNotPresentWithLeaseOperation: LEASE_GONE,
  LeaseIsBrokenAndCannotBeRenewed: LEASE_GONE,
  LeaseIsBreakingAndCannotBeChanged: LEASE_GONE,
  LeaseAlreadyBroken: LEASE_GONE,
  SequenceNumberConditionNotMet: { code: 'epochMoved', what: 'its sequence number has changed: another run writes to it' },
  ConditionNotMet: { code: 'conditionNotMet', what: 'it has changed meanwhile' },
  TargetConditionNotMet: { code: 'conditionNotMet', what: 'it has changed meanwhile' },
  SourceConditionNotMet: { code: 'conditionNotMet', what: 'the source has changed meanwhile' },
  InfiniteLeaseDurationRequired: { code: 'leaseHeld', what: 'it is leased for a time, and a copy needs it free' },
  BlobAlreadyExists: { code: 'alreadyExists', what: 'a blob of that name exists already', hint: 'Choose another name.' },
  UnauthorizedBlobOverwrite: { code: 'alreadyExists', what: 'a blob of that name exists already, and this sign-in may not replace it' },
  // state of the blob
  InvalidBlobType: { code: 'notPageBlob', what: 'it is not a page blob' },
  SystemInUse: { code: 'systemInUse', what: 'a VM uses the disk', hint: 'Use a snapshot of it, or detach the disk first.' },
  PendingCopyOperation: { code: 'copyPending', what: 'a copy into it is still under way', hint: 'Wait for it or stop it.' },
  NoPendingCopyOperation: { code: 'conditionNotMet', what: 'no copy is under way' },
  CopyIdMismatch: { code: 'conditionNotMet', what: 'another copy is under way than the one named' },
  SnapshotsPresent: { code: 'snapshotsPresent', what: 'it has snapshots', hint: 'Use a new blob name.' },
  SnapshotCountExceeded: {
    code: 'snapshotLimit',
    what: 'it has 100 snapshots, and a premium page blob can have no more',
    hint: 'Delete some: recovery points by "prune", other snapshots one by one. Then run the same command again.',
  },
  SnapshotOperationRateExceeded: {
    code: 'snapshotLimit',
    what: 'a premium page blob takes one snapshot in ten minutes',
    hint: 'Run again in ten minutes.',
  },
  SnaphotOperationRateExceeded: {
    code: 'snapshotLimit',
    what: 'a premium page blob takes one snapshot in ten minutes',
    hint: 'Run again in ten minutes.',
  },
  BlobImmutableDueToPolicy: {
    code: 'immutable',
    what: 'an immutability policy forbids it',
    hint: 'Name a backup blob in a container without one: page blobs that take backups cannot lie under such a policy.',
  },
  BlobImmutableDueToLegalHold: { code: 'immutable', what: 'a legal hold forbids it' },
  ContainerImmutableDueToPolicy: { code: 'immutable', what: 'an immutability policy of the container forbids it' },
  // differences
  PreviousSnapshotNotFound: { code: 'previousSnapshotNotFound', what: 'the earlier snapshot no longer exists' },
  PreviousSnapshotCannotBeNewer: { code: 'previousSnapshotNewer', what: 'the snapshot to compare with is the newer one' },
  PreviousSnapshotOperationNotSupported: { code: 'differenceNotSupported', what: 'the service gives no difference to that snapshot' },
  BlobOverwritten: { code: 'blobOverwritten', what: TOO_LATE_FOR_DIFFERENCE },
  BlobGenerationMismatch: { code: 'blobOverwritten', what: TOO_LATE_FOR_DIFFERENCE },
  // the request
  Md5Mismatch: { code: 'checksumMismatch', what: 'the bytes were damaged on the way', retryable: true },
  Crc64Mismatch: { code: 'checksumMismatch', what: 'the bytes were damaged on the way', retryable: true },
  InvalidPageRange: { code: 'badInput', what: 'the range lies outside of the blob' },
  InvalidRange: { code: 'badInput', what: 'the range lies outside of the blob' },
  OutOfRangeInput: { code: 'badInput', what: 'a name or number in the request is out of range' },
  OutOfRangeQueryParameterValue: { code: 'badInput', what: 'a number in the request is out of range' },
  InvalidQueryParameterValue: {
    code: 'badInput',
    what: 'the service does not accept a value in the request, such as the id of a snapshot',
  },
  InvalidHeaderValue: { code: 'badInput', what: 'the service does not accept a value in the request' },
  InvalidInput: { code: 'badInput', what: 'the service does not accept a value in the request' },
  InvalidResourceName: { code: 'badInput', what: 'the name is not allowed' },
  InvalidUri: { code: 'badInput', what: 'the name is not allowed' },
  RequestBodyTooLarge: { code: 'badInput', what: 'the request is larger than the service accepts' },
  MetadataTooLarge: { code: 'badInput', what: 'the metadata has more than 8 KiB' },
  InvalidMetadata: { code: 'badInput', what: 'the metadata is not allowed' },
  EmptyMetadataKey: { code: 'badInput', what: 'the metadata is not allowed' },
  // copies
  CannotVerifyCopySource: {
    code: 'copySourceRefused',
    what: 'the service could not read the source',
    hint: 'Firewalls, and sources the service may not see, need the relay transfer.',
  },
  CopyAcrossAccountsNotSupported: { code: 'copySourceRefused', what: 'the service does not copy between these accounts' },
  CopySourceCannotBeIncrementalCopyBlob: { code: 'copySourceRefused', what: 'the service does not copy from this kind of snapshot' },
  InvalidSourceBlobType: { code: 'copySourceRefused', what: 'the source is not a page blob' },
  InvalidSourceBlobUrl: { code: 'copySourceRefused', what: 'the service does not accept the source URL' },
  OperationNotAllowedOnIncrementalCopyBlob: {
    code: 'notSupported',
    what: 'it was made by Incremental Copy Blob and takes no other writes',
  },
  // not there
  FeatureVersionMismatch: { code: 'notSupported', what: 'the endpoint knows this operation only in a newer version', hint: OLD_CLOUD },
  APINotImplemented: { code: 'notSupported', what: 'the endpoint does not have this operation' },
  NotImplemented: { code: 'notSupported', what: 'the endpoint does not have this operation' },
  UnsupportedHttpVerb: { code: 'notSupported', what: 'the endpoint does not have this operation' },
  UnsupportedHeader: { code: 'notSupported', what: 'the endpoint does not know this operation in this form', hint: OLD_CLOUD },
  UnsupportedQueryParameter: { code: 'notSupported', what: 'the endpoint does not know this operation in this form', hint: OLD_CLOUD },
  UnsupportedHeaderForNonManagedDisksAccount: { code: 'notSupported', what: 'only accounts of managed disks have this operation' },
  BlobAccessTierNotSupportedForAccountType: { code: 'notSupported', what: 'this kind of account has no such tier' },
  BlobTypeNotSupported: { code: 'notSupported', what: 'this kind of account has no blobs of this type' },
  AccessTierNotSupportedForBlobType: { code: 'notSupported', what: 'page blobs have no such tier' },
  InvalidBlobTier: { code: 'notSupported', what: 'there is no such tier' },
  BlobTierInadequateForContentLength: TIER_TOO_SMALL,
  ContentLengthLargerThanTierLimit: TIER_TOO_SMALL,
  CannotChangeToLowerTier: { code: 'notSupported', what: 'a tier cannot be lowered' },
  FeatureNotSupportedByAccountType: { code: 'notSupported', what: 'this kind of account does not have it' },
  // access; a SAS gets its own words in refusedAccess.ts
  AuthenticationFailed: {
    code: 'signInNeeded',
    what: 'the service did not accept the sign-in',
    hint: 'Check the account that is signed in.',
  },
  InvalidAuthenticationInfo: { code: 'signInNeeded', what: 'the service did not accept the sign-in', hint: 'Sign in again.' },
  NoAuthenticationInformation: { code: 'signInNeeded', what: 'no sign-in was given' },
  AuthorizationFailure: {
    code: 'accessDenied',
    what: 'the account refuses it',
    hint: "Check the account's firewall and private endpoints, and what the sign-in may do.",
  },
  AuthorizationPermissionMismatch: { code: 'accessDenied', what: 'the sign-in may not do this', hint: ENTRA_ROLE },
  AuthorizationSourceIPMismatch: { code: 'accessDenied', what: 'the SAS is not valid from this IP address' },
  AuthorizationProtocolMismatch: { code: 'accessDenied', what: 'the SAS is valid with https only' },
  AuthorizationServiceMismatch: { code: 'sasLacksPermission', what: 'the SAS is not for the blob service' },
  AuthorizationResourceTypeMismatch: { code: 'sasLacksPermission', what: 'the SAS is not for this type of resource' },
  InsufficientAccountPermissions: { code: 'accessDenied', what: 'the sign-in may not do this', hint: ENTRA_ROLE },
  KeyBasedAuthenticationNotPermitted: {
    code: 'accessDenied',
    what: 'the account does not allow account keys',
    hint: 'Sign in with Microsoft Entra ID instead.',
  },
  PublicAccessNotPermitted: { code: 'accessDenied', what: 'the account does not allow access without signing in' },
  AccountIsDisabled: { code: 'accessDenied', what: 'the storage account is disabled' },
  AccountBeingCreated: { code: 'accountNotFound', what: 'the storage account is still being created', hint: PATIENCE },
  AccountNotFound: { code: 'accountNotFound', what: 'there is no such storage account' },
  // the service itself
  ServerBusy: { code: 'throttled', what: 'the service is busy', hint: PATIENCE, retryable: true },
  InternalError: { code: 'serviceFailed', what: 'the service had an internal error', hint: PATIENCE, retryable: true },
  OperationTimedOut: { code: 'timedOut', what: 'the service did not manage it in time', hint: PATIENCE, retryable: true },
  ServiceUnavailable: { code: 'throttled', what: 'the service is not available', hint: PATIENCE, retryable: true },
};

/** What a status means where the service gives no code that the table knows. */
export const STATUSES: Readonly<Record<number, Meaning>> = {
  304: { code: 'incompleteAnswer', what: 'the service answered "not modified" to a question that had no condition', retryable: true },
  401: CODES['InvalidAuthenticationInfo']!,
  403: { code: 'accessDenied', what: 'the service refused access' },
  404: { code: 'blobNotFound', what: 'the service does not find it' },
  405: CODES['NotImplemented']!,
  407: {
    code: 'network',
    what: 'a proxy on the way asks for a name and a password',
    hint: 'Give both where the proxy is named, as in HTTPS_PROXY=http://<name>:<password>@<host>:<port>; or name the host in NO_PROXY to go without it.',
  },
  408: { code: 'timedOut', what: 'the request took too long to arrive', retryable: true },
  409: { code: 'conditionNotMet', what: 'its state does not allow it' },
  412: { code: 'conditionNotMet', what: 'it has changed meanwhile' },
  413: CODES['RequestBodyTooLarge']!,
  416: CODES['InvalidRange']!,
  429: CODES['ServerBusy']!,
  500: CODES['InternalError']!,
  501: CODES['NotImplemented']!,
  502: { code: 'serviceFailed', what: 'a gateway on the way failed', hint: PATIENCE, retryable: true },
  503: CODES['ServerBusy']!,
  504: { code: 'timedOut', what: 'a gateway on the way gave up waiting', hint: PATIENCE, retryable: true },
};

/** A status that neither table knows. */
export const OTHER: Meaning = {
  code: 'unexpected',
  what: 'the service gave an answer that is not known',
  hint: 'Try again; if it stays so, look for a proxy or gateway between here and the service that answers in its place.',
};

/** Failures below HTTP, by Node's error code. `sent: false` means that no request can have reached the service. */
export const NETWORK: Readonly<Record<string, Meaning & { readonly sent: boolean }>> = {
  ENOTFOUND: {
    code: 'hostNotFound',
    what: 'there is no such host',
    hint: "Check the account's name, and that this machine has a network.",
    sent: false,
  },
  EAI_AGAIN: {
    code: 'hostNotFound',
    what: 'the name of the host cannot be looked up at the moment',
    hint: 'Check the network.',
    retryable: true,
    sent: false,
  },
  ECONNREFUSED: {
    code: 'network',
    what: 'the host does not accept connections there',
    hint: 'Check host and port.',
    retryable: true,
    sent: false,
  },
  EHOSTUNREACH: { code: 'network', what: 'the host cannot be reached', hint: 'Check the network.', retryable: true, sent: false },
  ENETUNREACH: { code: 'network', what: 'the network cannot be reached', hint: 'Check the network.', retryable: true, sent: false },
  EPROTO: {
    code: 'network',
    what: 'the host does not speak TLS there',
    hint: 'Check whether the URL should begin with http or https.',
    sent: false,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: { code: 'network', what: "the host's certificate is for another name", sent: false },
  CERT_HAS_EXPIRED: { code: 'network', what: "the host's certificate has expired", sent: false },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    code: 'network',
    what: "the host's certificate is not trusted",
    hint: 'Name its authority in NODE_EXTRA_CA_CERTS.',
    sent: false,
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    code: 'network',
    what: "the host's certificate is not trusted",
    hint: 'Name its authority in NODE_EXTRA_CA_CERTS.',
    sent: false,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    code: 'network',
    what: "the host's certificate is not trusted",
    hint: 'Name its authority in NODE_EXTRA_CA_CERTS.',
    sent: false,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    code: 'network',
    what: "the host's certificate is not trusted",
    hint: 'Name its authority in NODE_EXTRA_CA_CERTS.',
    sent: false,
  },
};

/** Everything else that breaks a connection: reset, time-out of a socket, broken pipe. The request may have been carried out. */
export const BROKEN: Meaning & { readonly sent: boolean } = {
  code: 'network',
  what: 'the connection broke',
  hint: 'Check the network.',
  retryable: true,
  sent: true,
};

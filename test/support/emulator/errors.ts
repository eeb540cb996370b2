/** Code → status and message, as the service documents or as recorded answers have them. The only place where an error's text is written. */
const TABLE = {
  AccessTierNotSupportedForBlobType: [400, 'The access tier is not supported for this blob type.'],
  ContentLengthLargerThanTierLimit: [409, 'The content length is larger than what the access tier allows.'],
  AccountAlreadyExists: [409, 'The specified account already exists.'],
  AuthenticationFailed: [
    403,
    'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
  ],
  AuthorizationFailure: [403, 'This request is not authorized to perform this operation.'],
  AuthorizationPermissionMismatch: [403, 'This request is not authorized to perform this operation using this permission.'],
  AuthorizationProtocolMismatch: [403, 'This request is not authorized to perform this operation using this protocol.'],
  AuthorizationResourceTypeMismatch: [403, 'This request is not authorized to perform this operation using this resource type.'],
  AuthorizationServiceMismatch: [403, 'This request is not authorized to perform this operation using this service.'],
  BlobAlreadyExists: [409, 'The specified blob already exists.'],
  BlobNotFound: [404, 'The specified blob does not exist.'],
  BlobOverwritten: [409, 'The blob has been recreated since the previous snapshot was taken.'],
  BlobTypeNotSupported: [400, 'Block blobs are not supported.'],
  CannotVerifyCopySource: [500, 'Could not verify the copy source within the specified time.'],
  ConditionNotMet: [412, 'The condition specified using HTTP conditional header(s) is not met.'],
  ContainerAlreadyExists: [409, 'The specified container already exists.'],
  ContainerNotFound: [404, 'The specified container does not exist.'],
  CopyIdMismatch: [409, 'The specified copy ID did not match the copy ID for the pending copy operation.'],
  Crc64Mismatch: [400, 'The CRC64 value specified in the request did not match with the CRC64 value calculated by the server.'],
  FeatureVersionMismatch: [409, 'The operation for this blob requires a newer version.'],
  InfiniteLeaseDurationRequired: [412, 'The lease ID matched, but the specified lease must be an infinite-duration lease.'],
  InternalError: [500, 'The server encountered an internal error. Please retry the request.'],
  InvalidAuthenticationInfo: [
    401,
    'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
  ],
  InvalidBlobOrBlock: [400, 'The specified blob or block content is invalid.'],
  InvalidBlobType: [409, 'The blob type is invalid for this operation.'],
  InvalidBlockId: [400, 'The specified block ID is invalid. The block ID must be Base64-encoded.'],
  InvalidBlockList: [400, 'The specified block list is invalid.'],
  InvalidHeaderValue: [400, 'The value for one of the HTTP headers is not in the correct format.'],
  InvalidInput: [400, 'One of the request inputs is not valid.'],
  InvalidMd5: [400, 'The MD5 value specified in the request is invalid. MD5 value must be 128 bits and base64 encoded.'],
  InvalidMetadata: [400, 'The metadata specified is invalid. It has characters that are not permitted.'],
  InvalidOperation: [400, 'Invalid operation against a blob snapshot.'],
  InvalidPageRange: [416, 'The page range specified is invalid.'],
  InvalidQueryParameterValue: [400, 'Value for one of the query parameters specified in the request URI is invalid.'],
  InvalidRange: [416, 'The range specified is invalid for the current size of the resource.'],
  InvalidResourceName: [400, 'The specifed resource name contains invalid characters.'],
  InvalidUri: [400, 'The requested URI does not represent any resource on the server.'],
  InvalidXmlDocument: [400, 'XML specified is not syntactically valid.'],
  LeaseAlreadyPresent: [409, 'There is already a lease present.'],
  LeaseIdMismatchWithBlobOperation: [412, 'The lease ID specified did not match the lease ID for the blob.'],
  LeaseIdMismatchWithLeaseOperation: [409, 'The lease ID specified did not match the lease ID for the blob.'],
  LeaseIdMissing: [412, 'There is currently a lease on the blob and no lease ID was specified in the request.'],
  LeaseIsBreakingAndCannotBeAcquired: [
    409,
    'The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.',
  ],
  LeaseIsBreakingAndCannotBeChanged: [409, 'The lease ID matched, but the lease is currently in breaking state and cannot be changed.'],
  LeaseIsBrokenAndCannotBeRenewed: [409, 'The lease ID matched, but the lease has been broken explicitly and cannot be renewed.'],
  LeaseLost: [412, 'A lease ID was specified, but the lease for the blob has expired.'],
  LeaseNotPresentWithBlobOperation: [412, 'There is currently no lease on the blob.'],
  LeaseNotPresentWithLeaseOperation: [409, 'There is currently no lease on the blob.'],
  Md5Mismatch: [400, 'The MD5 value specified in the request did not match with the MD5 value calculated by the server.'],
  MetadataTooLarge: [400, 'The metadata specified exceeds the maximum permissible limit (8KB).'],
  MissingContentLengthHeader: [411, 'Content-Length HTTP header is required.'],
  MissingRequiredHeader: [400, "An HTTP header that's mandatory for this request is not specified."],
  MutuallyExclusiveQueryParameters: [400, 'The specified query parameters are mutually exclusive.'],
  NoAuthenticationInformation: [
    401,
    'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
  ],
  NoPendingCopyOperation: [409, 'There is currently no pending copy operation.'],
  NotImplemented: [501, 'The requested operation is not implemented on the specified resource.'],
  OperationTimedOut: [500, 'Operation could not be completed within the specified time.'],
  OutOfRangeInput: [400, 'One of the request inputs is out of range.'],
  OutOfRangeQueryParameterValue: [400, 'One of the query parameters specified in the request URI is outside the permissible range.'],
  PendingCopyOperation: [409, 'There is currently a pending copy operation.'],
  PreviousSnapshotCannotBeNewer: [400, 'The prevsnapshot query parameter value cannot be newer than snapshot query parameter value.'],
  PreviousSnapshotNotFound: [409, 'The previous snapshot is not found.'],
  RequestBodyTooLarge: [413, 'The request body is too large and exceeds the maximum permissible limit.'],
  ResourceNotFound: [404, 'The specified resource does not exist.'],
  SequenceNumberConditionNotMet: [412, 'The sequence number condition specified was not met.'],
  SequenceNumberIncrementTooLarge: [
    409,
    'The sequence number increment cannot be performed because it would result in overflow of the sequence number.',
  ],
  ServerBusy: [503, 'The server is busy.'],
  SnapshotCountExceeded: [409, 'The snapshot count against this blob has been exceeded.'],
  SnapshotOperationRateExceeded: [409, 'The rate of snapshot operations against this blob has been exceeded.'],
  SnapshotsPresent: [409, 'This operation is not permitted because the blob has snapshots.'],
  UnauthorizedBlobOverwrite: [403, 'This request is not authorized to perform blob overwrites.'],
  UnsupportedHeader: [400, 'One of the HTTP headers specified in the request is not supported.'],
  UnsupportedHeaderForNonManagedDisksAccount: [400, 'The specified header is only supported for managed disks accounts.'],
  UnsupportedHttpVerb: [405, "The resource doesn't support specified Http Verb."],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof TABLE;

interface ErrorParts {
  readonly status?: number;
  readonly message?: string;
  /** Further elements of the XML body. */
  readonly details?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer of the service that refuses the request. */
export class StorageError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  /** @param parts what differs from the table; some codes carry the status of another answer */
  constructor(code: ErrorCode, parts: ErrorParts = {}) {
    super(parts.message ?? TABLE[code][1]);
    this.code = code;
    this.status = parts.status ?? TABLE[code][0];
    this.details = parts.details ?? {};
    this.headers = parts.headers ?? {};
  }
}

export function invalidHeader(name: string, value: string | undefined): StorageError {
  if (value === undefined) return new StorageError('MissingRequiredHeader', { details: { HeaderName: name } });
  return new StorageError('InvalidHeaderValue', { details: { HeaderName: name, HeaderValue: value } });
}

export function invalidQuery(name: string, value: string, reason: string): StorageError {
  return new StorageError('InvalidQueryParameterValue', {
    details: { QueryParameterName: name, QueryParameterValue: value, Reason: reason },
  });
}

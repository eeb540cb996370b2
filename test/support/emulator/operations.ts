import type { StorageRequest } from './request.ts';

/** Operations by the service's own names. */
export type Operation =
  | 'ListContainers'
  | 'GetServiceProperties'
  | 'SetServiceProperties'
  | 'GetAccountInfo'
  | 'GetUserDelegationKey'
  | 'CreateContainer'
  | 'DeleteContainer'
  | 'GetContainerProperties'
  | 'SetContainerMetadata'
  | 'GetContainerAcl'
  | 'SetContainerAcl'
  | 'ListBlobs'
  | 'PutBlob'
  | 'GetBlob'
  | 'GetBlobProperties'
  | 'SetBlobProperties'
  | 'GetBlobMetadata'
  | 'SetBlobMetadata'
  | 'GetBlobTags'
  | 'SetBlobTags'
  | 'SetBlobTier'
  | 'DeleteBlob'
  | 'DeleteSnapshot'
  | 'UndeleteBlob'
  | 'SnapshotBlob'
  | 'LeaseBlob'
  | 'PutPage'
  | 'ClearPages'
  | 'PutPageFromURL'
  | 'GetPageRanges'
  | 'GetPageRangesDiff'
  | 'CopyBlob'
  | 'AbortCopyBlob'
  | 'IncrementalCopyBlob'
  | 'PutBlock'
  | 'PutBlockList'
  | 'GetBlockList'
  | 'Unknown';

/** `METHOD comp` → operation, by what the path names. */
const SERVICE: Record<string, Operation> = {
  'GET list': 'ListContainers',
  'GET properties': 'GetServiceProperties',
  'PUT properties': 'SetServiceProperties',
  'POST userdelegationkey': 'GetUserDelegationKey',
};
const CONTAINER: Record<string, Operation> = {
  'PUT ': 'CreateContainer',
  'DELETE ': 'DeleteContainer',
  'GET ': 'GetContainerProperties',
  'HEAD ': 'GetContainerProperties',
  'GET metadata': 'GetContainerProperties',
  'HEAD metadata': 'GetContainerProperties',
  'PUT metadata': 'SetContainerMetadata',
  'GET acl': 'GetContainerAcl',
  'PUT acl': 'SetContainerAcl',
  'GET list': 'ListBlobs',
};
const BLOB: Record<string, Operation> = {
  'PUT ': 'PutBlob',
  'GET ': 'GetBlob',
  'HEAD ': 'GetBlobProperties',
  'PUT properties': 'SetBlobProperties',
  'GET metadata': 'GetBlobMetadata',
  'HEAD metadata': 'GetBlobMetadata',
  'PUT metadata': 'SetBlobMetadata',
  'GET tags': 'GetBlobTags',
  'PUT tags': 'SetBlobTags',
  'PUT tier': 'SetBlobTier',
  'DELETE ': 'DeleteBlob',
  'PUT undelete': 'UndeleteBlob',
  'PUT snapshot': 'SnapshotBlob',
  'PUT lease': 'LeaseBlob',
  'PUT page': 'PutPage',
  'GET pagelist': 'GetPageRanges',
  'PUT copy': 'AbortCopyBlob',
  'PUT incrementalcopy': 'IncrementalCopyBlob',
  'PUT block': 'PutBlock',
  'PUT blocklist': 'PutBlockList',
  'GET blocklist': 'GetBlockList',
};

export function operationOf(request: StorageRequest): Operation {
  const { method, query, headers } = request;
  const comp = query.get('comp') ?? '';
  if (query.get('restype') === 'account' && comp === 'properties') return 'GetAccountInfo';
  const table = request.container === undefined ? SERVICE : request.blob === undefined ? CONTAINER : BLOB;
  const operation = table[`${method} ${comp}`] ?? 'Unknown';
  const copies = headers['x-ms-copy-source'] !== undefined;
  if (operation === 'PutBlob' && copies) return 'CopyBlob';
  if (operation === 'PutPage')
    return copies ? 'PutPageFromURL' : headers['x-ms-page-write']?.toLowerCase() === 'clear' ? 'ClearPages' : operation;
  if (operation === 'GetPageRanges' && (query.has('prevsnapshot') || headers['x-ms-previous-snapshot-url'])) return 'GetPageRangesDiff';
  if (operation === 'DeleteBlob' && query.has('snapshot')) return 'DeleteSnapshot';
  return operation;
}

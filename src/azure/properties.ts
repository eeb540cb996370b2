import type { BlobGetPropertiesResponse } from '@azure/storage-blob';
import { BackupError } from '../engine/errors.ts';
import type { BlobProperties, CopyState } from '../engine/pageBlob.ts';
import { metadataFromService } from './metadata.ts';

/** The service's answer to Get Blob Properties in the engine's words. @throws notPageBlob */
export function propertiesOf(answer: BlobGetPropertiesResponse, label: string): BlobProperties {
  if (answer.blobType !== undefined && answer.blobType !== 'PageBlob') {
    throw new BackupError('notPageBlob', `${label} is not a page blob but a ${answer.blobType === 'BlockBlob' ? 'block' : 'append'} blob.`);
  }
  const header = (name: string): string | undefined => answer._response.headers.get(name) ?? undefined;
  return {
    length: answer.contentLength ?? Number(header('content-length')),
    etag: answer.etag ?? '',
    metadata: metadataFromService(answer.metadata),
    createdOn: header('x-ms-creation-time'),
    lastModified: header('last-modified'),
    sequenceNumber: answer.blobSequenceNumber ?? 0,
    lease: answer.leaseState ?? 'available',
    leaseDuration: answer.leaseDuration,
    tier: answer.accessTier,
    isTierInferred: answer.accessTierInferred,
    copy: copyStateOf(answer),
  };
}

function copyStateOf(answer: BlobGetPropertiesResponse): CopyState | undefined {
  if (answer.copyId === undefined || answer.copyStatus === undefined) return undefined;
  const [copied = 0, total = 0] = (answer.copyProgress ?? '').split('/').map(Number);
  return { id: answer.copyId, status: answer.copyStatus, copied, total, description: answer.copyStatusDescription };
}

import { allows } from '../auth/grant.ts';
import { md5 } from '../checksums.ts';
import { checkCreate } from '../conditions.ts';
import { invalidHeader, StorageError } from '../errors.ts';
import { givenLeaseId } from '../leases.ts';
import type { Answer, Call } from '../service.ts';
import type { BlobEntry, BlobState, BlobType, ContentProperties } from '../store/model.ts';
import { PageMap } from '../store/pageMap.ts';
import { liveSnapshots } from '../store/store.ts';
import { checkTransfer } from './checkTransfer.ts';
import { givenLength, givenMetadata, givenProperties, givenTier, refuseSnapshot, refuseTooLong, stamp } from './common.ts';
import { refuseWhilePending, settleCopy } from './copyState.ts';

const MAX_SEQUENCE_NUMBER = Number.MAX_SAFE_INTEGER;

/** Put Blob: creates a page blob without pages, or a whole block blob. Replaces what was there, but for its snapshots. */
export function putBlob(call: Call): Answer {
  const { request } = call;
  const type = request.headers['x-ms-blob-type'];
  if (type !== 'PageBlob' && type !== 'BlockBlob') {
    throw type === 'AppendBlob' ? new StorageError('NotImplemented') : invalidHeader('x-ms-blob-type', type);
  }
  return type === 'PageBlob' ? putPageBlob(call) : putBlockBlob(call, request.body);
}

function putPageBlob(call: Call): Answer {
  const { request } = call;
  const length = givenLength(call);
  if (request.body.length > 0) throw invalidHeader('Content-Length', String(request.body.length));
  const sequenceNumber = Number(request.headers['x-ms-blob-sequence-number'] ?? 0);
  if (!Number.isInteger(sequenceNumber) || sequenceNumber < 0 || sequenceNumber > MAX_SEQUENCE_NUMBER) {
    throw invalidHeader('x-ms-blob-sequence-number', request.headers['x-ms-blob-sequence-number']);
  }
  const tier = givenTier(call);
  refuseTooLong(tier, length);
  const state = replaceBlob(call, 'PageBlob', new PageMap(length), { ...givenProperties(call) });
  state.sequenceNumber = sequenceNumber;
  state.tier = tier;
  return { status: 201, headers: { ...stamp(state), 'x-ms-request-server-encrypted': 'true' } };
}

/** Also the end of Put Block List. */
export function putBlockBlob(call: Call, body: Buffer, checked = true): Answer {
  if (call.account.premium) throw new StorageError('BlobTypeNotSupported');
  const checksums = checked ? checkTransfer(call.request.headers, body) : {};
  const state = replaceBlob(call, 'BlockBlob', Buffer.from(body), { 'content-md5': md5(body), ...givenProperties(call) });
  state.tier = call.request.headers['x-ms-access-tier'] ?? 'Hot';
  return { status: 201, headers: { ...stamp(state), ...checksums, 'x-ms-request-server-encrypted': 'true' } };
}

/**
 * Puts a new base in place of the old one, after all that may forbid it. It is a new generation: sequence number 0, creation time now (recorded:
 * Put Blob over a blob does set it anew), no way to ask for differences to older snapshots.
 */
export function replaceBlob(call: Call, type: BlobType, content: BlobState['content'], properties: ContentProperties): BlobState {
  const { service, request } = call;
  refuseSnapshot(call);
  const metadata = givenMetadata(call);
  const entry = overwritable(call);
  if (entry.base !== undefined && entry.base.type !== type && liveSnapshots(entry).length > 0) throw new StorageError('InvalidBlobType');
  const now = service.ticker.now();
  entry.base = {
    type,
    content,
    generation: service.store.nextGeneration(),
    properties: { 'content-type': request.headers['content-type'] ?? 'application/octet-stream', ...properties },
    metadata,
    tags: new Map(new URLSearchParams(request.headers['x-ms-tags'] ?? '')),
    etag: service.ticker.etag(),
    lastModified: now,
    createdOn: now,
    sequenceNumber: 0,
    tier: undefined,
    copy: undefined,
    snapshot: undefined,
    deletedOn: undefined,
  };
  entry.lease.changed(now);
  return entry.base;
}

/** The entry for a blob that is to be made or replaced: permission, conditions, lease. */
export function overwritable(call: Call): BlobEntry {
  const { service, request, grant } = call;
  const entry = service.store.entry(request);
  settleCopy(entry, service.ticker.now());
  const old = entry.base?.deletedOn === undefined ? entry.base : undefined;
  checkCreate(request.headers, old);
  if (old !== undefined) {
    if (!allows(grant, 'w')) throw new StorageError('UnauthorizedBlobOverwrite');
    refuseWhilePending(old);
    entry.lease.checkWrite(service.ticker.now(), givenLeaseId(request.headers));
  } else if (request.headers['x-ms-lease-id'] !== undefined) {
    throw new StorageError('LeaseNotPresentWithBlobOperation');
  }
  return entry;
}

import { checkWrite } from '../conditions.ts';
import { invalidHeader, StorageError } from '../errors.ts';
import { givenLeaseId } from '../leases.ts';
import { lengthOf } from '../store/store.ts';
import type { Call, Service } from '../service.ts';
import { CONTENT_PROPERTIES } from '../store/model.ts';
import type { BlobEntry, BlobState, ContentProperties } from '../store/model.ts';
import { MAX_LENGTH } from '../store/pageMap.ts';
import { PAGE } from '../store/pageTree.ts';
import { httpDate } from '../ticker.ts';
import { copyHeaders, refuseWhilePending, settleCopy } from './copyState.ts';

/** The blob or snapshot that the request names, with a Copy Blob brought up to date. */
export function named(call: Call): { readonly entry: BlobEntry; readonly state: BlobState } {
  const found = call.service.store.blob(call.request);
  settleCopy(found.entry, call.service.ticker.now());
  return found;
}

/** The base blob, after all that may forbid to change it: pending copy, conditions, lease. */
export function writable(call: Call): { readonly entry: BlobEntry; readonly state: BlobState } {
  const { request, service } = call;
  refuseSnapshot(call);
  const found = named(call);
  refuseWhilePending(found.state);
  checkWrite(request.headers, found.state);
  found.entry.lease.checkWrite(service.ticker.now(), givenLeaseId(request.headers));
  return found;
}

/** A snapshot can be read and deleted, nothing else. */
export function refuseSnapshot(call: Call): void {
  const snapshot = call.request.query.get('snapshot');
  if (snapshot === undefined) return;
  throw new StorageError('InvalidQueryParameterValue', {
    details: {
      QueryParameterName: 'snapshot',
      QueryParameterValue: snapshot,
      Reason: 'This operation is only allowed on the root blob. Snapshot should not be provided.',
    },
  });
}

/** Marks the base blob as changed: new ETag and time, and an expired lease is gone. */
export function changed(service: Service, entry: BlobEntry, state: BlobState): void {
  state.etag = service.ticker.etag();
  state.lastModified = service.ticker.now();
  entry.lease.changed(state.lastModified);
}

export function stamp(state: BlobState): Record<string, string> {
  return { etag: state.etag, 'last-modified': httpDate(state.lastModified) };
}

/** Everything that Get Blob and Get Blob Properties say of a blob or snapshot. */
export function describe(service: Service, entry: BlobEntry, state: BlobState): Record<string, string> {
  const own: Record<string, string> = {
    ...stamp(state),
    ...state.properties,
    'content-length': String(lengthOf(state)),
    'accept-ranges': 'bytes',
    'x-ms-blob-type': state.type,
    'x-ms-creation-time': httpDate(state.createdOn),
    'x-ms-server-encrypted': 'true',
  };
  if (state.type === 'PageBlob') own['x-ms-blob-sequence-number'] = String(state.sequenceNumber);
  if (state.tier !== undefined) own['x-ms-access-tier'] = state.tier;
  if (state.tags.size > 0) own['x-ms-tag-count'] = String(state.tags.size);
  for (const [name, value] of state.metadata) own[`x-ms-meta-${name}`] = value;
  if (state.snapshot === undefined) Object.assign(own, entry.lease.headers(service.ticker.now()));
  return { ...own, ...copyHeaders(state.copy) };
}

const METADATA_LIMIT = 8 * 1024;

/** The request's metadata, checked as the service does: names are C# identifiers, 8 KiB in all. */
export function givenMetadata(call: Call): ReadonlyMap<string, string> {
  const { metadata } = call.request;
  let size = 0;
  for (const [name, value] of metadata) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new StorageError('InvalidMetadata');
    if (!/^[\x20-\x7e]*$/.test(value)) throw new StorageError('InvalidMetadata');
    size += name.length + value.length;
  }
  if (size > METADATA_LIMIT) throw new StorageError('MetadataTooLarge');
  return metadata;
}

/** Content properties from the `x-ms-blob-*` headers. */
export function givenProperties(call: Call): ContentProperties {
  const { headers } = call.request;
  const given: Record<string, string> = {};
  for (const name of CONTENT_PROPERTIES) {
    const value = headers[`x-ms-blob-${name}`];
    if (value !== undefined && value !== '') given[name] = value;
  }
  return given;
}

/** x-ms-blob-content-length: whole pages, up to 8 TiB. */
export function givenLength(call: Call): number {
  const name = 'x-ms-blob-content-length';
  const value = call.request.headers[name];
  const length = Number(value);
  if (value === undefined || !/^\d+$/.test(value) || length % PAGE !== 0 || length > MAX_LENGTH) throw invalidHeader(name, value);
  return length;
}

const GiB = 1024 ** 3;
/** Bytes that a tier holds; how the footer of a VHD counts is not documented, so it does not. */
const HOLDS: Readonly<Record<string, number>> = { P4: 32, P6: 64, P10: 128, P15: 256, P20: 512, P30: 1024, P40: 2048, P50: 4096 };

/** A blob may not be longer than its tier holds. */
export function refuseTooLong(tier: string | undefined, length: number): void {
  const holds = HOLDS[tier ?? ''];
  if (holds !== undefined && length > holds * GiB + PAGE) throw new StorageError('ContentLengthLargerThanTierLimit');
}

/** x-ms-access-tier of a page blob: the premium disk sizes, on premium accounts only. */
export function givenTier(call: Call): string | undefined {
  const tier = call.request.headers['x-ms-access-tier'];
  if (tier === undefined) return undefined;
  if (!call.account.premium) throw new StorageError('AccessTierNotSupportedForBlobType');
  if (!/^P(4|6|10|15|20|30|40|50|60|70|80)$/.test(tier)) throw invalidHeader('x-ms-access-tier', tier);
  return tier;
}

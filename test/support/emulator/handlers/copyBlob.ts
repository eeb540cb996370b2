import { randomUUID } from 'node:crypto';

import { verdict } from '../conditions.ts';
import { StorageError } from '../errors.ts';
import { givenLeaseId } from '../leases.ts';
import type { Answer, Call } from '../service.ts';
import type { BlobState, CopyRecord } from '../store/model.ts';
import { PageMap } from '../store/pageMap.ts';
import { lengthOf, liveSnapshots } from '../store/store.ts';
import { changed, givenTier, named, refuseTooLong, stamp } from './common.ts';
import { openSource } from './copySource.ts';
import type { CopySource } from './copySource.ts';
import { endCopy } from './copyState.ts';
import { overwritable, replaceBlob } from './putBlob.ts';

/** Copy Blob: of a whole blob or snapshot, onto a new or an existing blob, whose snapshots stay. Done at once or pending, by the switch. */
export function copyBlob(call: Call): Answer {
  const { request, service, account } = call;
  if (request.headers['x-ms-requires-sync'] !== undefined || request.headers['x-ms-blob-type'] !== undefined)
    throw new StorageError('NotImplemented');
  const entry = overwritable(call);
  const live = entry.base?.deletedOn === undefined ? entry.base : undefined;
  if (live !== undefined && givenLeaseId(request.headers) !== undefined && !entry.lease.infinite)
    throw new StorageError('InfiniteLeaseDurationRequired');
  if (live !== undefined && account.premium && liveSnapshots(entry).length > 0) throw new StorageError('SnapshotsPresent');
  const source = openSource(call, call.grant.kind === 'key' || call.grant.kind === 'bearer');
  if (verdict(request.headers, source.state, 'x-ms-source-') !== 'met') throw new StorageError('ConditionNotMet');
  if (source.state.type === 'BlockBlob' && account.premium) throw new StorageError('BlobTypeNotSupported');
  if (live !== undefined && live.type !== source.state.type) throw new StorageError('InvalidBlobType');
  const tier = source.state.type === 'PageBlob' ? givenTier(call) : source.state.tier;

  const { content, properties, metadata, sequenceNumber, type } = source.state;
  if (content instanceof PageMap) refuseTooLong(tier, content.length);
  const taken = content instanceof PageMap ? content.copy() : content;
  const record = newRecord(call, source, taken);
  const state = replaceBlob(call, type, record.pending === undefined ? taken : emptyLike(taken), properties);
  if (request.metadata.size === 0) state.metadata = metadata;
  state.sequenceNumber = sequenceNumber;
  state.tier = tier;
  state.copy = record;
  if (record.status === 'failed') endCopy(state, 'failed', service.ticker.now());
  return { status: 202, headers: { ...stamp(state), 'x-ms-copy-id': record.id, 'x-ms-copy-status': record.status } };
}

/** Abort Copy Blob: leaves an empty blob with its metadata. */
export function abortCopyBlob(call: Call): Answer {
  const { request, service } = call;
  const { entry, state } = named(call);
  entry.lease.checkWrite(service.ticker.now(), givenLeaseId(request.headers));
  if (state.copy?.pending === undefined) throw new StorageError('NoPendingCopyOperation');
  if (state.copy.id !== request.query.get('copyid')) throw new StorageError('CopyIdMismatch');
  endCopy(state, 'aborted', service.ticker.now());
  changed(service, entry, state);
  return { status: 204 };
}

function newRecord(call: Call, source: CopySource, content: PageMap | Buffer): CopyRecord {
  const { switches, ticker } = call.service;
  const now = ticker.now();
  const { pendingPolls, pendingMs, fails = false } = switches.copyBlob;
  const total = lengthOf(source.state);
  const common = { id: randomUUID(), source: withoutSecrets(source.url), total };
  if (pendingPolls === undefined && pendingMs === undefined) {
    const status = fails ? 'failed' : 'success';
    const description = fails ? '500 InternalServerError "Copy failed."' : undefined;
    return { ...common, status, description, copied: fails ? 0 : total, completedOn: now, pending: undefined };
  }
  const { entry, state } = source;
  const etag = state.etag;
  // A snapshot cannot change; of a base that does, the service says so instead of copying a mixture.
  const sourceUnchanged = (): boolean => state.snapshot !== undefined || (entry.base === state && state.etag === etag);
  const polls = pendingPolls ?? 0;
  const endsAt = pendingMs === undefined ? undefined : now + pendingMs;
  const pending = { content, fails, sourceUnchanged, endsAt, pollsLeft: polls, polls };
  return { ...common, status: 'pending', description: undefined, copied: 0, completedOn: undefined, pending };
}

function emptyLike(content: BlobState['content']): BlobState['content'] {
  return content instanceof PageMap ? new PageMap(content.length) : Buffer.alloc(content.length);
}

/** The service shows the source's URL without its signature. */
function withoutSecrets(url: string): string {
  const parsed = new URL(url);
  const snapshot = parsed.searchParams.get('snapshot');
  return `${parsed.origin}${parsed.pathname}${snapshot === null ? '' : `?snapshot=${encodeURIComponent(snapshot)}`}`;
}

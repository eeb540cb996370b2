import { checkRead } from '../conditions.ts';
import { invalidHeader, StorageError } from '../errors.ts';
import { givenLeaseId } from '../leases.ts';
import type { Answer, Call } from '../service.ts';
import { pagesOf } from '../store/store.ts';
import { changed, givenLength, givenMetadata, givenProperties, named, refuseTooLong, stamp, writable } from './common.ts';

/** Set Blob Properties: resizes a page blob, sets its sequence number, or replaces the content properties. */
export function setBlobProperties(call: Call): Answer {
  const { request, service } = call;
  const { headers } = request;
  const resizes = headers['x-ms-blob-content-length'] !== undefined;
  const numbers = headers['x-ms-sequence-number-action'] !== undefined;
  const length = resizes ? givenLength(call) : 0;
  const { entry, state } = writable(call);
  if (numbers) pagesOf(state);
  if (resizes) refuseTooLong(state.tier, length);
  if (resizes) pagesOf(state).resize(length, service.switches.resizeTracked);
  if (numbers) state.sequenceNumber = nextSequenceNumber(call, state.sequenceNumber);
  // Content properties are replaced as a whole: what is not given is cleared.
  const given = givenProperties(call);
  if ((!resizes && !numbers) || Object.keys(given).length > 0) state.properties = given;
  changed(service, entry, state);
  const number: Record<string, string> = state.type === 'PageBlob' ? { 'x-ms-blob-sequence-number': String(state.sequenceNumber) } : {};
  return { status: 200, headers: { ...stamp(state), ...number } };
}

function nextSequenceNumber(call: Call, now: number): number {
  const { headers } = call.request;
  const action = headers['x-ms-sequence-number-action']!.toLowerCase();
  const text = headers['x-ms-blob-sequence-number'];
  if (action === 'increment') {
    if (text !== undefined) throw invalidHeader('x-ms-blob-sequence-number', text);
    if (now >= Number.MAX_SAFE_INTEGER) throw new StorageError('SequenceNumberIncrementTooLarge');
    return now + 1;
  }
  const number = Number(text);
  if (text === undefined || !/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw invalidHeader('x-ms-blob-sequence-number', text);
  if (action === 'max') return Math.max(now, number);
  if (action === 'update') return number;
  throw invalidHeader('x-ms-sequence-number-action', action);
}

export function setBlobMetadata(call: Call): Answer {
  const metadata = givenMetadata(call);
  const { entry, state } = writable(call);
  state.metadata = metadata;
  changed(call.service, entry, state);
  return { status: 200, headers: { ...stamp(state), 'x-ms-request-server-encrypted': 'true' } };
}

export function getBlobMetadata(call: Call): Answer {
  const { entry, state } = named(call);
  checkRead(call.request.headers, state);
  entry.lease.checkRead(call.service.ticker.now(), givenLeaseId(call.request.headers));
  const metadata = Object.fromEntries([...state.metadata].map(([name, value]) => [`x-ms-meta-${name}`, value]));
  return { status: 200, headers: { ...stamp(state), ...metadata } };
}

import { checkSequenceNumber } from '../conditions.ts';
import { invalidHeader, StorageError } from '../errors.ts';
import { pageRange } from '../ranges.ts';
import type { ByteRange } from '../ranges.ts';
import type { Answer, Call } from '../service.ts';
import type { BlobEntry, BlobState } from '../store/model.ts';
import type { PageMap } from '../store/pageMap.ts';
import { pagesOf } from '../store/store.ts';
import { checkTransfer } from './checkTransfer.ts';
import { changed, stamp, writable } from './common.ts';

export const MAX_WRITE = 4 * 1024 * 1024;

/** Put Page, update. */
export function putPage(call: Call): Answer {
  const { request, service } = call;
  if (request.headers['x-ms-page-write']?.toLowerCase() !== 'update')
    throw invalidHeader('x-ms-page-write', request.headers['x-ms-page-write']);
  const range = pageRange(request.headers);
  if (range.end - range.start > MAX_WRITE) throw new StorageError('RequestBodyTooLarge', { details: { MaxLimit: String(MAX_WRITE) } });
  if (request.body.length !== range.end - range.start) throw invalidHeader('Content-Length', String(request.body.length));
  const target = writablePages(call, range);
  const checksums = checkTransfer(request.headers, request.body);
  target.pages.write(range.start, stored(call, request.body));
  service.counts.pages.put += request.body.length;
  return pageAnswer(call, target, checksums);
}

/** Put Page, clear: any length, an open end included. */
export function clearPage(call: Call): Answer {
  const { request, service } = call;
  const range = pageRange(request.headers);
  if (request.body.length > 0) throw invalidHeader('Content-Length', String(request.body.length));
  const target = writablePages(call, range);
  const end = Math.min(range.end, target.pages.length);
  target.pages.clear(range.start, end);
  service.counts.pages.cleared += end - range.start;
  return pageAnswer(call, target, {});
}

/** What of the bytes gets to the disk. */
export function stored({ storesHalf }: Call, bytes: Buffer): Buffer {
  return storesHalf ? bytes.subarray(0, Math.floor(bytes.length / 1024) * 512) : bytes;
}

interface PageTarget {
  readonly entry: BlobEntry;
  readonly state: BlobState;
  readonly pages: PageMap;
}

/** The page blob to be written, after conditions, lease, sequence number and the blob's end were checked. */
export function writablePages(call: Call, range: ByteRange): PageTarget {
  const { entry, state } = writable(call);
  const pages = pagesOf(state);
  checkSequenceNumber(call.request.headers, state.sequenceNumber);
  if (range.start >= pages.length || (range.end !== Infinity && range.end > pages.length)) throw new StorageError('InvalidPageRange');
  return { entry, state, pages };
}

export function pageAnswer(call: Call, { entry, state }: PageTarget, headers: Record<string, string>): Answer {
  changed(call.service, entry, state);
  const own = { 'x-ms-blob-sequence-number': String(state.sequenceNumber), 'x-ms-request-server-encrypted': 'true' };
  return { status: 201, headers: { ...stamp(state), ...own, ...headers } };
}

import { crc64, md5 } from '../checksums.ts';
import { checkRead } from '../conditions.ts';
import { invalidHeader } from '../errors.ts';
import { givenLeaseId } from '../leases.ts';
import { clipRange, givenRange } from '../ranges.ts';
import type { Answer, Call } from '../service.ts';
import { PageMap } from '../store/pageMap.ts';
import { lengthOf } from '../store/store.ts';
import { describe, named } from './common.ts';
import { settleCopy } from './copyState.ts';

const MAX_HASHED = 4 * 1024 * 1024;
/** Longer answers are read piece by piece while they are sent. */
const MAX_AT_ONCE = 8 * 1024 * 1024;

/** Get Blob: all of a blob or snapshot, or a range of it, with that range's checksum on request. */
export function getBlob(call: Call): Answer {
  const { request, service } = call;
  const { entry, state } = named(call);
  checkRead(request.headers, state);
  entry.lease.checkRead(service.ticker.now(), givenLeaseId(request.headers));
  const given = givenRange(request.headers);
  const length = lengthOf(state);
  const { start, end } = given === undefined ? { start: 0, end: length } : clipRange(given, length);
  const headers = describe(service, entry, state);
  headers['content-length'] = String(end - start);
  if (given !== undefined) {
    headers['content-range'] = `bytes ${start}-${end - 1}/${length}`;
    // The stored MD5 is that of the whole blob; Content-MD5 would be that of the range.
    if (headers['content-md5'] !== undefined) headers['x-ms-blob-content-md5'] = headers['content-md5'];
    delete headers['content-md5'];
  }
  const { content } = state;
  const status = given === undefined ? 200 : 206;
  if (content instanceof PageMap) {
    service.counts.pages.read += end - start;
    if (end - start > MAX_AT_ONCE && wantsHash(request.headers) === undefined) {
      return { status, headers, body: { length: end - start, pieces: content.stream(start, end) } };
    }
  }
  const hash = wantsHash(request.headers);
  if (hash !== undefined && (given === undefined || end - start > MAX_HASHED)) throw invalidHeader(hash, 'true');
  const body = content instanceof PageMap ? content.read(start, end) : content.subarray(start, end);
  if (hash === RANGE_MD5) headers['content-md5'] = md5(body);
  if (hash === RANGE_CRC64) headers['x-ms-content-crc64'] = crc64(body);
  return { status, headers, body };
}

/** Get Blob Properties. A look at a blob moves a pending copy on. */
export function getBlobProperties(call: Call): Answer {
  const { request, service } = call;
  const { entry, state } = named(call);
  checkRead(request.headers, state);
  const now = service.ticker.now();
  entry.lease.checkRead(now, givenLeaseId(request.headers));
  settleCopy(entry, now, true);
  return { status: 200, headers: describe(service, entry, state) };
}

const RANGE_MD5 = 'x-ms-range-get-content-md5';
const RANGE_CRC64 = 'x-ms-range-get-content-crc64';

function wantsHash(headers: Readonly<Record<string, string>>): string | undefined {
  return [RANGE_MD5, RANGE_CRC64].find((name) => headers[name]?.toLowerCase() === 'true');
}

import { checkRead } from '../conditions.ts';
import { invalidQuery, StorageError } from '../errors.ts';
import { givenLeaseId } from '../leases.ts';
import { clipRange, givenRange } from '../ranges.ts';
import type { ByteRange } from '../ranges.ts';
import type { Answer, Call } from '../service.ts';
import type { BlobEntry, BlobState } from '../store/model.ts';
import type { PageMap } from '../store/pageMap.ts';
import { pagesOf } from '../store/store.ts';
import { XML_HEAD } from '../xml.ts';
import { named, stamp } from './common.ts';
import { refuseWhilePending } from './copyState.ts';

/** Get Page Ranges: the allocated pages of a blob or snapshot or, with prevsnapshot, those written or cleared since. */
export function getPageRanges(call: Call): Answer {
  const { request, service } = call;
  const limit = maxResults(call);
  const { entry, state } = named(call);
  const pages = pagesOf(state);
  refuseWhilePending(state);
  checkRead(request.headers, state);
  entry.lease.checkRead(service.ticker.now(), givenLeaseId(request.headers));
  if (request.headers['x-ms-previous-snapshot-url'] !== undefined) throw new StorageError('UnsupportedHeaderForNonManagedDisksAccount');
  const since = previousVersion(call, entry, state);
  const given = givenRange(request.headers);
  const window = given === undefined ? { start: 0, end: pages.length } : clipRange(given, pages.length);
  refuseLargeLists(call, pages, window, since);

  const start = Math.max(window.start, markedStart(request.query.get('marker')));
  // One more than fits tells where the next answer begins.
  const runs = pages.ranges(start, window.end, limit + 1, since);
  const next = runs.length > limit ? runs.pop() : undefined;
  const lists = runs.map((run) => {
    // Ranges that cross the edge of the window come cut to it, in whole pages.
    const name = run.allocated ? 'PageRange' : 'ClearRange';
    return `<${name}><Start>${run.start}</Start><End>${run.end - 1}</End></${name}>`;
  });
  const marker =
    next === undefined ? (request.query.has('maxresults') || request.query.has('marker') ? '<NextMarker/>' : '') : nextMarker(next.start);
  return {
    status: 200,
    headers: { ...stamp(state), 'content-type': 'application/xml', 'x-ms-blob-content-length': String(pages.length) },
    body: `${XML_HEAD}<PageList>${lists.join('')}${marker}</PageList>`,
  };
}

/** The version after which pages count as changed; undefined for a plain list. */
function previousVersion(call: Call, entry: BlobEntry, state: BlobState): number | undefined {
  const id = call.request.query.get('prevsnapshot');
  if (id === undefined || call.service.switches.diffMode === 'ignored') return undefined;
  if (Number.isNaN(Date.parse(id))) throw invalidQuery('prevsnapshot', id, 'Not a snapshot.');
  const previous = entry.snapshots.find((one) => one.snapshot === id && one.deletedOn === undefined);
  if (previous === undefined) throw new StorageError('PreviousSnapshotNotFound');
  if (state.snapshot !== undefined && id > state.snapshot) throw new StorageError('PreviousSnapshotCannotBeNewer');
  if (previous.generation !== state.generation) throw new StorageError('BlobOverwritten');
  return pagesOf(previous).version;
}

/** Lists over fragmented blobs may take the service too long; it says to ask for less at a time. */
function refuseLargeLists(call: Call, pages: PageMap, window: ByteRange, since: number | undefined): void {
  const above = call.service.switches.rangeListTimeoutAbove;
  if (above === undefined) return;
  const tooLong = above.bytes !== undefined && window.end - window.start > above.bytes;
  const tooMany = above.ranges !== undefined && pages.ranges(window.start, window.end, above.ranges + 1, since).length > above.ranges;
  if (tooLong || tooMany) throw new StorageError('OperationTimedOut');
}

function maxResults(call: Call): number {
  const { query } = call.request;
  const cap = call.service.switches.maxResultsCap;
  const value = query.get('maxresults');
  if (value === undefined) return cap;
  if (!/^\d+$/.test(value) || Number(value) < 1) throw new StorageError('OutOfRangeQueryParameterValue');
  return Math.min(Number(value), cap);
}

/** Where the next list starts, written as in recorded answers: `000004!1024!` in base64, with its length before it. */
function nextMarker(start: number): string {
  const digits = String(start);
  const text = Buffer.from(`${String(digits.length).padStart(6, '0')}!${digits}!`).toString('base64');
  return `<NextMarker>2!${text.length}!${text}</NextMarker>`;
}

function markedStart(marker: string | undefined): number {
  if (marker === undefined || marker === '') return 0;
  const text = /^2!\d+!(.+)$/.exec(marker)?.[1] ?? '';
  const digits = /^\d{6}!(\d+)!$/.exec(Buffer.from(text, 'base64').toString())?.[1];
  if (digits === undefined) throw invalidQuery('marker', marker, 'Not a marker.');
  return Number(digits);
}

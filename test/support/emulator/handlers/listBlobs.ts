import { invalidQuery, StorageError } from '../errors.ts';
import type { Answer, Call, Service } from '../service.ts';
import type { BlobEntry, BlobState } from '../store/model.ts';
import { lengthOf } from '../store/store.ts';
import { httpDate } from '../ticker.ts';
import { element, optionalElement, XML_HEAD } from '../xml.ts';

const DEFAULT_LIMIT = 5000;
/** Sorts a base after all its snapshots; so do the service's markers. */
const BASE = '9999-12-31T23:59:59.9999999Z';
const RETENTION_DAYS = 7;

interface Item {
  readonly name: string;
  readonly order: string;
  readonly xml: () => string;
}

/** List Blobs: by name, of one name the snapshots oldest first, then the base. */
export function listBlobs(call: Call): Answer {
  const { request, service } = call;
  const { query } = request;
  const container = service.store.container(request);
  const limit = givenLimit(call);
  const after = fromMarker(query.get('marker'));
  const items = itemsOf(call, [...container.blobs.values()]).filter((item) => after === undefined || before(after, item) <= 0);
  const next = items[limit];
  const head = `<EnumerationResults ServiceEndpoint="${service.protocol}://${request.headers['host'] ?? ''}/${request.account}" ContainerName="${container.name}">`;
  const echoed = [
    optionalElement('Prefix', query.get('prefix')),
    optionalElement('Marker', query.get('marker')),
    optionalElement('MaxResults', query.get('maxresults')),
    optionalElement('Delimiter', query.get('delimiter')),
  ];
  const blobs = items.slice(0, limit).map((item) => item.xml());
  const marker = element('NextMarker', next === undefined ? undefined : toMarker(next));
  const body = `${XML_HEAD}${head}${echoed.join('')}<Blobs>${blobs.join('')}</Blobs>${marker}</EnumerationResults>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function itemsOf(call: Call, entries: readonly BlobEntry[]): Item[] {
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const include = new Set((query.get('include') ?? '').split(',').filter((one) => one !== ''));
  const items: Item[] = [];
  const folders = new Set<string>();
  for (const entry of entries) {
    if (!entry.name.startsWith(prefix)) continue;
    const versions = [...(include.has('snapshots') ? entry.snapshots : []), ...(entry.base === undefined ? [] : [entry.base])];
    const listed = versions.filter((state) => state.deletedOn === undefined || include.has('deleted'));
    if (listed.length === 0) continue;
    const cut = delimiter === '' ? -1 : entry.name.indexOf(delimiter, prefix.length);
    if (cut >= 0) {
      folders.add(entry.name.slice(0, cut + delimiter.length));
      continue;
    }
    for (const state of listed) {
      items.push({ name: entry.name, order: state.snapshot ?? BASE, xml: () => blobXml(call.service, entry, state, include) });
    }
  }
  for (const name of folders) items.push({ name, order: BASE, xml: () => `<BlobPrefix>${element('Name', name)}</BlobPrefix>` });
  return items.sort(before);
}

function blobXml(service: Service, entry: BlobEntry, state: BlobState, include: ReadonlySet<string>): string {
  const { properties } = state;
  const lease = state.snapshot === undefined ? entry.lease.headers(service.ticker.now()) : {};
  const copy = include.has('copy') ? state.copy : undefined;
  const parts = [
    element('Creation-Time', httpDate(state.createdOn)),
    element('Last-Modified', httpDate(state.lastModified)),
    // Recorded: the listing's ETag lacks the quotes that the header has.
    element('Etag', state.etag.replaceAll('"', '')),
    element('Content-Length', lengthOf(state)),
    element('Content-Type', properties['content-type']),
    element('Content-Encoding', properties['content-encoding']),
    element('Content-Language', properties['content-language']),
    element('Content-CRC64', undefined),
    element('Content-MD5', properties['content-md5']),
    element('Cache-Control', properties['cache-control']),
    element('Content-Disposition', properties['content-disposition']),
    state.type === 'PageBlob' ? element('x-ms-blob-sequence-number', state.sequenceNumber) : '',
    element('BlobType', state.type),
    optionalElement('AccessTier', state.tier),
    optionalElement('LeaseStatus', lease['x-ms-lease-status']),
    optionalElement('LeaseState', lease['x-ms-lease-state']),
    optionalElement('LeaseDuration', lease['x-ms-lease-duration']),
    optionalElement('CopyId', copy?.id),
    optionalElement('CopySource', copy?.source),
    optionalElement('CopyStatus', copy?.status),
    optionalElement('CopyProgress', copy === undefined ? undefined : `${copy.copied}/${copy.total}`),
    optionalElement('CopyCompletionTime', copy?.completedOn === undefined ? undefined : httpDate(copy.completedOn)),
    optionalElement('CopyStatusDescription', copy?.description),
    element('ServerEncrypted', 'true'),
    optionalElement('TagCount', state.tags.size === 0 ? undefined : state.tags.size),
    deletion(service, state),
  ];
  const metadata = include.has('metadata')
    ? `<Metadata>${[...state.metadata].map(([name, value]) => element(name, value)).join('')}</Metadata>`
    : '';
  const deleted = state.deletedOn === undefined ? '' : element('Deleted', 'true');
  const head = element('Name', entry.name) + deleted + optionalElement('Snapshot', state.snapshot);
  return `<Blob>${head}<Properties>${parts.join('')}</Properties>${metadata}<OrMetadata /></Blob>`;
}

function deletion(service: Service, state: BlobState): string {
  if (state.deletedOn === undefined) return '';
  const days = Math.max(0, RETENTION_DAYS - Math.floor((service.ticker.now() - state.deletedOn) / 86_400_000));
  return element('DeletedTime', httpDate(state.deletedOn)) + element('RemainingRetentionDays', days);
}

function givenLimit(call: Call): number {
  const value = call.request.query.get('maxresults');
  const cap = Math.min(DEFAULT_LIMIT, call.service.switches.maxResultsCap);
  if (value === undefined) return cap;
  if (!/^\d+$/.test(value) || Number(value) < 1) throw new StorageError('OutOfRangeQueryParameterValue');
  return Math.min(Number(value), cap);
}

type Place = Pick<Item, 'name' | 'order'>;

function before(a: Place, b: Place): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.order === b.order ? 0 : a.order < b.order ? -1 : 1;
}

/** As recorded: name and order with their lengths, in base64, with its length before it. */
function toMarker({ name, order }: Place): string {
  const part = (text: string): string => `${String(text.length).padStart(6, '0')}!${text}!`;
  const text = Buffer.from(part(name) + part(order)).toString('base64');
  return `2!${text.length}!${text}`;
}

function fromMarker(marker: string | undefined): Place | undefined {
  if (marker === undefined || marker === '') return undefined;
  const text = Buffer.from(/^2!\d+!(.+)$/.exec(marker)?.[1] ?? '', 'base64').toString();
  const length = Number(text.slice(0, 6));
  const name = text.slice(7, 7 + length);
  const order = /^!\d{6}!(.+)!$/.exec(text.slice(7 + length))?.[1];
  if (order === undefined) throw invalidQuery('marker', marker, 'Not a marker.');
  return { name, order };
}

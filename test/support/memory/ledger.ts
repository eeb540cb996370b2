import type { Metadata, SnapshotId } from '../../../src/engine/pageBlob.ts';
import { contentOf, emptyBlob } from './blobState.ts';
import type { BlobState, Content, PageBlobState, SnapshotState } from './blobState.ts';
import { Lease } from './lease.ts';
import { refusal } from './refusals.ts';
import { SparsePages } from './sparsePages.ts';
import type { Switches } from './switches.ts';
import type { VirtualWorld } from './virtualWorld.ts';

/** Milliseconds. */
const BACKWARDS_FROM = Date.UTC(2099, 0, 1);

/** All that the service keeps: containers, blobs, counters, and every snapshot ever taken. */
export class Ledger {
  readonly world: VirtualWorld;
  readonly switches: Switches;
  /** Every snapshot ever taken, also those since deleted, in order. */
  readonly archive: SnapshotState[] = [];
  private readonly containers = new Map<string, Map<string, BlobState>>();
  /** Containers by the URL of what lies in them. */
  private readonly homes = new Map<string, string>();
  private counter = 0;
  private lastTick = { ms: 0, part: 0 };

  constructor(world: VirtualWorld, switches: Switches) {
    this.world = world;
    this.switches = switches;
  }

  /** The next number of a service-wide count of changes. */
  next(): number {
    return ++this.counter;
  }

  /** Unique, strictly increasing, with the service's seven digits: not what `Date` would make of it. The switch `snapshotIds` has other clocks. */
  nextSnapshotId(blob: PageBlobState): SnapshotId {
    const { snapshotIds } = this.switches;
    const last = [...blob.snapshots.keys()].at(-1);
    if (snapshotIds === 'stuck' && last !== undefined) return last;
    if (snapshotIds === 'backwards') return `${new Date(BACKWARDS_FROM - this.next()).toISOString().slice(0, -1)}0000Z`;
    let { ms, part } = this.lastTick;
    if (this.world.now() > ms) [ms, part] = [this.world.now(), (this.counter * 37) % 9000];
    else if (++part > 9999) [ms, part] = [ms + 1, 0];
    this.lastTick = { ms, part };
    return `${new Date(ms).toISOString().slice(0, -1)}${String(part).padStart(4, '0')}Z`;
  }

  addContainer(url: string): void {
    if (!this.containers.has(url)) this.containers.set(url, new Map());
  }

  /** @throws containerNotFound */
  containerOf(url: string): Map<string, BlobState> {
    let home = this.homes.get(url);
    if (home === undefined) this.homes.set(url, (home = containerUrl(url)));
    const container = this.containers.get(home);
    if (!container) throw refusal('containerNotFound', `There is no container ${containerUrl(url)}.`);
    return container;
  }

  /** @throws containerNotFound */
  find(url: string): BlobState | undefined {
    return this.containerOf(url).get(url);
  }

  /** @throws containerNotFound, blobNotFound, notPageBlob */
  pageBlob(url: string): PageBlobState {
    const blob = this.find(url);
    if (!blob) throw refusal('blobNotFound', `There is no blob ${url}.`);
    if (blob.kind !== 'page') throw refusal('notPageBlob', `${url} is no page blob.`);
    return blob;
  }

  /** The base blob or a live snapshot. @throws also snapshotNotFound */
  content(url: string, snapshot: SnapshotId | undefined): Readonly<Content> {
    if (snapshot === undefined) return this.pageBlob(url);
    const blob = this.find(url);
    if (blob && blob.kind !== 'page') throw refusal('notPageBlob', `${url} is no page blob.`);
    const found = blob?.snapshots.get(snapshot);
    if (!found) throw refusal('snapshotNotFound', `There is no snapshot ${snapshot} of ${url}.`);
    return found;
  }

  /** A page blob in its first generation, in place of whatever has the name; snapshots and lease of a page blob stay. */
  put(url: string, content: Pick<Content, 'length' | 'metadata' | 'tier' | 'pages' | 'copy'>): PageBlobState {
    const before = this.find(url);
    const kept =
      before?.kind === 'page' ? { lease: before.lease, snapshots: before.snapshots } : { lease: new Lease(), snapshots: new Map() };
    const keepsTime = before?.kind === 'page' && this.switches.overwriteKeepsCreationTime;
    const blob: PageBlobState = {
      ...emptyBlob(url),
      ...kept,
      ...content,
      sequenceNumber: 0,
      generation: this.next(),
      createdOn: keepsTime ? before.createdOn : this.world.now(),
      etag: '',
      lastModified: 0,
    };
    this.touch(blob);
    this.containerOf(url).set(url, blob);
    return blob;
  }

  /** A change of the base blob: new ETag, and a lease that is over is gone for good. @returns the number of the change */
  touch(blob: PageBlobState): number {
    const version = this.next();
    const told = this.switches.etags === 'equal' ? blob.generation : version;
    blob.etag = `"0x8DE${told.toString(16).toUpperCase().padStart(12, '0')}"`;
    blob.lastModified = this.world.now();
    blob.lease.touched(this.world.now());
    return version;
  }

  /** As in Azure, a snapshot without metadata of its own inherits the blob's. */
  snapshot(blob: PageBlobState, metadata: Metadata, takenBy: string): SnapshotState {
    const own = Object.keys(metadata).length > 0 ? { metadata: { ...metadata }, etag: `"0x8DF${this.next()}"` } : {};
    const state = {
      ...contentOf(blob),
      ...own,
      id: this.nextSnapshotId(blob),
      url: blob.url,
      version: this.next(),
      takenBy,
      deletedBy: undefined,
    };
    blob.snapshots.set(state.id, state);
    this.archive.push(state);
    return state;
  }

  resize(blob: PageBlobState, length: number): void {
    const version = this.touch(blob);
    const edge = { start: Math.min(length, blob.length), end: Math.max(length, blob.length) };
    if (length < blob.length) blob.pages.forgetFrom(length);
    if (this.switches.resizeTracked && edge.start < edge.end) blob.pages.put(edge, version, undefined);
    blob.length = length;
  }

  /** One more look at a Copy Blob under way brings it on; the last one ends it. */
  pollCopy(blob: PageBlobState): void {
    const pending = blob.pendingCopy;
    if (!pending || !blob.copy) return;
    if (pending.sourceChanged()) {
      this.endCopy(blob, 'failed');
      return;
    }
    if (--pending.pollsLeft <= 0) {
      blob.pages = pending.source.pages.fork();
      this.endCopy(blob, 'success');
      return;
    }
    const share = (pending.polls - pending.pollsLeft) / pending.polls;
    blob.copy = { ...blob.copy, copied: Math.floor((blob.copy.total * share) / 512) * 512 };
  }

  /** A copy that failed or was aborted leaves a blob of length zero. */
  endCopy(blob: PageBlobState, status: 'success' | 'aborted' | 'failed'): void {
    if (!blob.copy) return;
    if (status !== 'success') {
      blob.length = 0;
      blob.pages = new SparsePages();
    }
    const description = status === 'failed' ? 'The source was changed while it was copied.' : undefined;
    blob.copy = { ...blob.copy, status, copied: status === 'success' ? blob.copy.total : blob.copy.copied, description };
    blob.pendingCopy = undefined;
    this.touch(blob);
  }
}

/** `https://host/container` of a URL in it. */
export function containerUrl(url: string): string {
  return url.split('/').slice(0, 4).join('/');
}

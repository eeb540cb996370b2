import type { Metadata, SnapshotId } from '../../../src/engine/pageBlob.ts';
import { contentOf } from './blobState.ts';
import type { PageBlobState } from './blobState.ts';
import { checkInside, checkNoCopy, checkRange } from './checks.ts';
import type { Ledger } from './ledger.ts';
import { SparsePages } from './sparsePages.ts';

/** A foreigner obeys a lease, as the service makes everybody do, or acts as its holder (the VM whose disk it is). */
export type Standing = 'stranger' | 'holder';

/** What other people, VMs and tools do to blobs meanwhile: at once, outside every client, and subject to the service's own rules. */
export class ForeignActors {
  private readonly ledger: Ledger;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  createBlob(url: string, length: number, metadata: Metadata = {}): void {
    this.ledger.put(url, { length, metadata, tier: undefined, pages: new SparsePages(), copy: undefined });
  }

  createBlockBlob(url: string, text: string): void {
    this.ledger.containerOf(url).set(url, { kind: 'block', url, text });
  }

  write(url: string, offset: number, bytes: Uint8Array, standing: Standing = 'stranger'): void {
    this.touchPages(url, offset, bytes.length, bytes, standing);
  }

  clear(url: string, offset: number, count: number, standing: Standing = 'stranger'): void {
    this.touchPages(url, offset, count, undefined, standing);
  }

  resize(url: string, length: number, standing: Standing = 'stranger'): void {
    this.ledger.resize(this.open(url, standing), length);
  }

  setMetadata(url: string, metadata: Metadata, standing: Standing = 'stranger'): void {
    const blob = this.open(url, standing);
    blob.metadata = { ...metadata };
    this.ledger.touch(blob);
  }

  /** Put Blob over the blob: empty, a new generation, sequence number 0; the snapshots stay. */
  putBlobOver(url: string, length: number, metadata: Metadata = {}, standing: Standing = 'stranger'): void {
    this.open(url, standing);
    this.createBlob(url, length, metadata);
  }

  /** Copy Blob over the blob (promoting a snapshot is one case): a new generation, with metadata and marks of the source. */
  copyBlobOver(url: string, from: { readonly url: string; readonly snapshot?: SnapshotId }, standing: Standing = 'stranger'): void {
    this.open(url, standing);
    const { length, metadata, pages } = contentOf(this.ledger.content(from.url, from.snapshot));
    const copy = { id: this.ledger.world.uuid(), status: 'success', copied: length, total: length, description: undefined } as const;
    this.ledger.put(url, { length, metadata, tier: undefined, pages, copy });
  }

  /** Needs no lease; without metadata of its own it inherits the blob's. */
  snapshot(url: string, metadata: Metadata = {}): SnapshotId {
    const blob = this.ledger.pageBlob(url);
    checkNoCopy(blob);
    return this.ledger.snapshot(blob, metadata, 'foreign').id;
  }

  deleteSnapshot(url: string, snapshot: SnapshotId): void {
    this.ledger.content(url, snapshot);
    const { snapshots } = this.ledger.pageBlob(url);
    const state = snapshots.get(snapshot);
    if (state) state.deletedBy = 'foreign';
    snapshots.delete(snapshot);
  }

  acquireLease(url: string, leaseId: string, seconds: number): void {
    this.ledger.pageBlob(url).lease.acquire(leaseId, seconds, this.ledger.world.now());
  }

  /** A VM attaches the disk: an infinite lease. */
  attach(url: string, leaseId = 'vm'): void {
    this.acquireLease(url, leaseId, -1);
  }

  breakLease(url: string, seconds = 0): void {
    this.ledger.pageBlob(url).lease.break(seconds, this.ledger.world.now());
  }

  /** Deletes a blob with all its snapshots. */
  deleteBlob(url: string, standing: Standing = 'stranger'): void {
    const blob = this.ledger.find(url);
    if (blob?.kind === 'page') {
      this.open(url, standing);
      for (const snapshot of blob.snapshots.keys()) this.deleteSnapshot(url, snapshot);
    }
    this.ledger.containerOf(url).delete(url);
  }

  /** Another disk under the same name: no snapshots, another creation time. */
  recreate(url: string, length: number, metadata: Metadata = {}): void {
    this.deleteBlob(url, 'holder');
    this.createBlob(url, length, metadata);
  }

  private touchPages(url: string, offset: number, count: number, bytes: Uint8Array | undefined, standing: Standing): void {
    const range = { start: offset, end: offset + count };
    checkRange(range);
    const blob = this.open(url, standing);
    checkInside(range, blob.length);
    blob.pages.put(range, this.ledger.touch(blob), bytes);
  }

  private open(url: string, standing: Standing): PageBlobState {
    const blob = this.ledger.pageBlob(url);
    checkNoCopy(blob);
    if (standing === 'stranger') blob.lease.check(undefined, this.ledger.world.now());
    return blob;
  }
}

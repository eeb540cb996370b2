import { BackupError } from '../src/engine/errors.ts';
import type { BlobImage, BlobProperties, CopyState, Metadata, PageBlob, SnapshotId, SnapshotInfo } from '../src/engine/pageBlob.ts';
import { PAGE, type PageRange } from '../src/engine/ranges/pageRange.ts';
import type { RangeWindow } from '../src/engine/ranges/rangeWindow.ts';
import type { RecordStore } from '../src/engine/recordStore.ts';

/** Ranges in one answer of the service (REST: Get Page Ranges, maxresults). */
const PER_ANSWER = 10_000;
const NEVER = 0;

/**
 * A page blob in memory that can hold one page at each of many evenly spread places and nothing else. A place costs a byte: the number of the
 * snapshot before which it was written. So millions of ranges on 8 TiB weigh next to nothing, and what is measured is the engine.
 */
export class Lattice implements PageBlob {
  readonly url: string;
  readonly length: number;
  readonly step: number;
  readonly #places: Uint8Array;
  readonly #snapshots: SnapshotInfo[] = [];
  #metadata: Metadata = {};
  #epoch = 0;
  #exists: boolean;

  /** @param full every place holds its page; else the blob has yet to be made */
  constructor(url: string, length: number, places: number, full: boolean) {
    this.url = url;
    this.length = length;
    this.step = Math.floor(length / places / PAGE) * PAGE;
    this.#places = new Uint8Array(places).fill(full ? 1 : NEVER);
    this.#exists = full;
  }

  image(snapshot?: SnapshotId): LatticeImage {
    return new LatticeImage(this, snapshot);
  }

  properties(): BlobProperties {
    if (!this.#exists) throw new BackupError('blobNotFound', 'There is no such blob.');
    const { length } = this;
    const fixed = {
      etag: '1',
      createdOn: this.url,
      lastModified: undefined,
      lease: 'available',
      leaseDuration: undefined,
      tier: undefined,
      copy: undefined,
    } as const;
    return { ...fixed, length, metadata: this.#metadata, sequenceNumber: this.#epoch };
  }

  /** Was the page at this place written after snapshot `since` and not after snapshot `until`? Both count from 0 for none. */
  holds(place: number, since: number, until: number): boolean {
    const written = this.#places[place]!;
    return written > since && written <= until;
  }

  get places(): number {
    return this.#places.length;
  }

  /** Number of a snapshot from 1; of the base blob one more than of its newest. */
  numberOf(snapshot: SnapshotId | undefined): number {
    if (snapshot === undefined) return this.#snapshots.length + 1;
    const at = this.#snapshots.findIndex(({ id }) => id === snapshot);
    if (at < 0) throw new BackupError('previousSnapshotNotFound', 'There is no such snapshot.');
    return at + 1;
  }

  /** Writes every nth page again. */
  touch(nth: number): void {
    for (let place = 0; place < this.#places.length; place += nth) this.#places[place] = this.numberOf(undefined);
  }

  async create(_length: number, metadata: Metadata): Promise<void> {
    this.#exists = true;
    this.#metadata = metadata;
  }

  async writePages(offset: number): Promise<void> {
    this.#places[offset / this.step] = this.numberOf(undefined);
  }

  async writePagesFrom(_source: BlobImage, range: PageRange): Promise<void> {
    this.#places[range.start / this.step] = this.numberOf(undefined);
  }

  async clearPages(): Promise<void> {
    throw new Error('Nothing here is to be cleared.');
  }

  async raiseEpoch(epoch: number): Promise<void> {
    this.#epoch = Math.max(this.#epoch, epoch);
  }

  async setMetadata(metadata: Metadata): Promise<void> {
    this.#metadata = metadata;
  }

  async createSnapshot(metadata: Metadata): Promise<SnapshotId> {
    const id = `2026-01-01T00:00:00.${String(this.#snapshots.length).padStart(7, '0')}Z`;
    this.#snapshots.push({ id, metadata, length: this.length });
    return id;
  }

  async *snapshots(): AsyncGenerator<SnapshotInfo> {
    yield* this.#snapshots;
  }

  // What a run asks besides has nothing to do with the number of ranges.
  async resize(): Promise<void> {}
  async acquireLease(): Promise<void> {}
  async renewLease(): Promise<void> {}
  async changeLease(): Promise<void> {}
  async releaseLease(): Promise<void> {}
  async deleteSnapshot(): Promise<void> {}
  async abortCopy(): Promise<void> {}

  startCopy(): Promise<CopyState> {
    throw new Error('Nothing here is copied whole.');
  }
}

class LatticeImage implements BlobImage {
  readonly label: string;
  readonly snapshot: SnapshotId | undefined;
  readonly #blob: Lattice;

  constructor(blob: Lattice, snapshot: SnapshotId | undefined) {
    this.#blob = blob;
    this.label = blob.url;
    this.snapshot = snapshot;
  }

  async length(): Promise<number> {
    return this.#blob.properties().length;
  }

  async properties(): Promise<BlobProperties> {
    return this.#blob.properties();
  }

  async read({ start, end }: PageRange): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - start);
    new DataView(bytes.buffer).setFloat64(0, start);
    return bytes;
  }

  allocated(within: PageRange): AsyncGenerator<RangeWindow> {
    return this.#windows(within, NEVER);
  }

  async *changedSince(previous: SnapshotId, within: PageRange): AsyncGenerator<RangeWindow> {
    yield* this.#windows(within, this.#blob.numberOf(previous));
  }

  async *#windows(within: PageRange, since: number): AsyncGenerator<RangeWindow> {
    const { step, places } = this.#blob;
    const until = this.#blob.numberOf(this.snapshot);
    const width = step * PER_ANSWER;
    for (let { start } = within; start < within.end;) {
      const end = Math.min(start + width, within.end);
      const ranges: PageRange[] = [];
      const last = Math.min(places, Math.ceil(end / step));
      for (let place = Math.ceil(start / step); place < last; place++) {
        if (this.#blob.holds(place, since, until)) ranges.push({ start: place * step, end: place * step + PAGE });
      }
      yield { start, end, ranges };
      start = end;
    }
  }
}

/** A catalogue in memory. */
export class Records implements RecordStore {
  readonly url = 'memory:records';
  readonly #texts = new Map<string, string>();

  async list(): Promise<readonly string[]> {
    return [...this.#texts.keys()].sort();
  }

  async read(name: string): Promise<string | undefined> {
    return this.#texts.get(name);
  }

  async create(name: string, text: string): Promise<'created' | 'taken'> {
    if (this.#texts.has(name)) return 'taken';
    this.#texts.set(name, text);
    return 'created';
  }
}

import type {
  BlobImage,
  CallOptions,
  CopyOptions,
  CopyState,
  Fence,
  Limited,
  Metadata,
  PageBlob,
  SnapshotId,
  SnapshotInfo,
  WriteOptions,
} from '../../../src/engine/pageBlob.ts';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import type { PageBlobState, SnapshotState } from './blobState.ts';
import type { CallArguments, Operation } from './calls.ts';
import { checkFence, checkInside, checkLength, checkMetadata, checkNoCopy, checkRange, checkTransfer } from './checks.ts';
import { copiedContent, startCopy } from './copying.ts';
import type { Ledger } from './ledger.ts';
import { MemoryImage } from './memoryImage.ts';
import { refusal } from './refusals.ts';
import type { Effect, Seam } from './seam.ts';
import { SparsePages } from './sparsePages.ts';

/** `PageBlob` of the memory service. What a method refuses before it asks the service, it refuses without a call. */
export class MemoryPageBlob implements PageBlob {
  readonly url: string;
  readonly limited: Limited;
  private readonly seam: Seam;
  private readonly ledger: Ledger;

  constructor(seam: Seam, ledger: Ledger, url: string) {
    this.seam = seam;
    this.ledger = ledger;
    this.url = url;
    this.limited = { account: new URL(url).origin, blob: url };
  }

  image(snapshot?: SnapshotId): BlobImage {
    return new MemoryImage(this.seam, this.ledger, this.url, snapshot);
  }

  async create(length: number, metadata: Metadata, options?: CallOptions & { readonly tier?: string | undefined }): Promise<void> {
    checkLength(length);
    checkMetadata(metadata);
    const apply = (): void => {
      if (this.ledger.find(this.url)) throw refusal('alreadyExists', `${this.url} exists already.`);
      this.ledger.put(this.url, { length, metadata: { ...metadata }, tier: options?.tier, pages: new SparsePages(), copy: undefined });
    };
    await this.write('create', { other: { length, metadata } }, options, { apply });
  }

  async resize(length: number, options?: WriteOptions): Promise<void> {
    checkLength(length);
    await this.write(
      'resize',
      { fence: options?.fence, other: { length } },
      options,
      this.guarded(options?.fence, 'other', (blob) => this.ledger.resize(blob, length)),
    );
  }

  async writePages(offset: number, bytes: Uint8Array, options?: WriteOptions): Promise<void> {
    const range = { start: offset, end: offset + bytes.length };
    checkTransfer(range);
    const sent = new Uint8Array(bytes);
    await this.write(
      'writePages',
      { range, fence: options?.fence },
      options,
      this.pages(options?.fence, range, (part) => sent.subarray(part.start - offset, part.end - offset)),
    );
  }

  async writePagesFrom(source: BlobImage, range: PageRange, options?: WriteOptions): Promise<void> {
    checkTransfer(range);
    if (!(source instanceof MemoryImage)) throw refusal('notSupported', 'The source has no URL that this service could read.');
    const effect = this.pages(options?.fence, range, (part) => {
      const { copyFromUrl } = this.ledger.switches;
      if (copyFromUrl === 'unsupported') throw refusal('notSupported', 'This endpoint has no Put Page From URL.');
      if (copyFromUrl === 'refused') throw refusal('copySourceRefused', 'The service may not read the source.');
      const content = copiedContent(source);
      checkInside(part, content.length);
      return content.pages.read(part);
    });
    await this.write('writePagesFrom', { range, fence: options?.fence, other: { source: source.label } }, options, effect);
  }

  async clearPages(range: PageRange, options?: WriteOptions): Promise<void> {
    checkRange(range);
    await this.write(
      'clearPages',
      { range, fence: options?.fence },
      options,
      this.pages(options?.fence, range, () => undefined),
    );
  }

  async raiseEpoch(epoch: number, options?: WriteOptions): Promise<void> {
    const effect = this.guarded(options?.fence, 'other', (blob) => {
      blob.sequenceNumber = Math.max(blob.sequenceNumber, epoch);
      this.ledger.touch(blob);
    });
    await this.write('raiseEpoch', { fence: options?.fence, other: { epoch } }, options, effect);
  }

  async setMetadata(metadata: Metadata, options?: WriteOptions): Promise<void> {
    checkMetadata(metadata);
    const effect = this.guarded(options?.fence, 'other', (blob) => {
      blob.metadata = { ...metadata };
      this.ledger.touch(blob);
    });
    await this.write('setMetadata', { fence: options?.fence, other: { metadata } }, options, effect);
  }

  async acquireLease(leaseId: string, seconds: number, options?: CallOptions): Promise<void> {
    await this.lease('acquireLease', { leaseId, seconds }, options, (blob, now) => {
      checkNoCopy(blob);
      blob.lease.acquire(leaseId, seconds, now);
    });
  }

  async renewLease(leaseId: string, options?: CallOptions): Promise<void> {
    await this.lease('renewLease', { leaseId }, options, (blob, now) => blob.lease.renew(leaseId, now));
  }

  async changeLease(leaseId: string, proposedId: string, options?: CallOptions): Promise<void> {
    await this.lease('changeLease', { leaseId, proposedId }, options, (blob, now) => blob.lease.change(leaseId, proposedId, now));
  }

  async releaseLease(leaseId: string, options?: CallOptions): Promise<void> {
    await this.lease('releaseLease', { leaseId }, options, (blob) => blob.lease.release(leaseId));
  }

  async createSnapshot(metadata: Metadata, options?: WriteOptions): Promise<SnapshotId> {
    checkMetadata(metadata);
    const leaseId = options?.fence?.leaseId;
    const apply = (): SnapshotId => {
      const blob = this.ledger.pageBlob(this.url);
      checkNoCopy(blob);
      if (leaseId !== undefined) blob.lease.check(leaseId, this.ledger.world.now());
      return this.ledger.snapshot(blob, metadata, this.seam.clientName).id;
    };
    return this.write('createSnapshot', { fence: options?.fence, other: { metadata } }, options, { apply });
  }

  async *snapshots(options?: CallOptions): AsyncGenerator<SnapshotInfo> {
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const after: string = marker;
      let next: string | undefined;
      const apply = (): SnapshotInfo[] => {
        const blob = this.ledger.find(this.url);
        const rest = blob?.kind === 'page' ? inOrder(blob.snapshots.values()).filter(({ id }) => id > after) : [];
        const page = rest.slice(0, this.ledger.switches.snapshotsPerPage);
        next = page.length < rest.length ? page.at(-1)?.id : undefined;
        return page.map(({ id, metadata, length }) => ({ id, metadata: { ...metadata }, length }));
      };
      yield* await this.seam.call({ operation: 'snapshots', writes: false, url: this.url, options, effect: { apply } });
      marker = next;
    }
  }

  async deleteSnapshot(snapshot: SnapshotId, options?: WriteOptions): Promise<void> {
    const apply = (): void => {
      this.ledger.content(this.url, snapshot);
      const blob = this.ledger.pageBlob(this.url);
      const now = this.ledger.world.now();
      const mustName = this.ledger.switches.snapshotDeletion === 'needsLease' && blob.lease.isActive(now);
      if (mustName) blob.lease.check(options?.fence?.leaseId, now);
      const state = blob.snapshots.get(snapshot);
      if (state) state.deletedBy = this.seam.clientName;
      blob.snapshots.delete(snapshot);
    };
    await this.write('deleteSnapshot', { fence: options?.fence }, options, { apply }, snapshot);
  }

  async startCopy(source: BlobImage, metadata: Metadata, options?: CopyOptions): Promise<CopyState> {
    checkMetadata(metadata);
    if (!(source instanceof MemoryImage)) throw refusal('copySourceRefused', 'The source has no URL that this service could read.');
    const apply = (): CopyState => startCopy(this.ledger, this.url, source, metadata, options);
    return this.write('startCopy', { other: { source: source.label, metadata } }, options, { apply });
  }

  async abortCopy(copyId: string, options?: CallOptions): Promise<void> {
    const apply = (): void => {
      const blob = this.ledger.pageBlob(this.url);
      if (!blob.pendingCopy || blob.copy?.id !== copyId) throw refusal('conditionNotMet', 'No such copy is under way.');
      this.ledger.endCopy(blob, 'aborted');
    };
    await this.write('abortCopy', { other: { copyId } }, options, { apply });
  }

  private write<T>(
    operation: Operation,
    args: CallArguments,
    options: CallOptions | undefined,
    effect: Effect<T>,
    snapshot?: SnapshotId,
  ): Promise<T> {
    return this.seam.call({ operation, writes: true, url: this.url, snapshot, args, options, effect });
  }

  private lease(
    operation: Operation,
    other: Readonly<Record<string, unknown>>,
    options: CallOptions | undefined,
    act: (blob: PageBlobState, now: number) => void,
  ): Promise<void> {
    const apply = (): void => act(this.ledger.pageBlob(this.url), this.ledger.world.now());
    return this.write(operation, { other }, options, { apply });
  }

  /** A write under lease and, where it is one of pages, epoch. */
  private guarded(fence: Fence | undefined, kind: 'pages' | 'other', act: (blob: PageBlobState) => void): Effect<void> {
    const check = (trusted: boolean): PageBlobState => {
      const blob = this.ledger.pageBlob(this.url);
      checkNoCopy(blob);
      if (!trusted) checkFence(blob, fence, this.ledger.world.now(), kind);
      return blob;
    };
    return { check: () => void check(false), apply: (trusted) => act(check(trusted)) };
  }

  private pages(fence: Fence | undefined, range: PageRange, bytesOf: (part: PageRange) => Uint8Array | undefined): Effect<void> {
    const put = (part: PageRange): Effect<void> =>
      this.guarded(fence, 'pages', (blob) => {
        checkInside(part, blob.length);
        const bytes = bytesOf(part);
        blob.pages.put(part, this.ledger.touch(blob), bytes);
      });
    const middle = range.start + Math.floor((range.end - range.start) / 1024) * 512;
    const half = (): void => {
      if (middle > range.start) put({ start: range.start, end: middle }).apply(false);
    };
    return { ...put(range), half };
  }
}

/** As the service lists them: by id, which is by time. */
function inOrder(snapshots: Iterable<SnapshotState>): SnapshotState[] {
  return [...snapshots].sort((a, b) => (a.id < b.id ? -1 : 1));
}

import type { BlobImage, BlobProperties, CallOptions, Limited, SnapshotId } from '../../../src/engine/pageBlob.ts';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import type { RangeWindow } from '../../../src/engine/ranges/rangeWindow.ts';
import type { Content } from './blobState.ts';
import type { Operation } from './calls.ts';
import { checkInside, checkNoCopy, checkRange, checkTransfer } from './checks.ts';
import type { Ledger } from './ledger.ts';
import { firstWindow } from './rangeWindows.ts';
import { refusal } from './refusals.ts';
import type { Seam } from './seam.ts';
import { isAllocated } from './sparsePages.ts';
import type { Extent } from './sparsePages.ts';

/** `BlobImage` of the memory service. */
export class MemoryImage implements BlobImage {
  readonly label: string;
  readonly url: string;
  readonly snapshot: SnapshotId | undefined;
  readonly limited: Limited;
  readonly ledger: Ledger;
  private readonly seam: Seam;

  constructor(seam: Seam, ledger: Ledger, url: string, snapshot: SnapshotId | undefined) {
    this.seam = seam;
    this.ledger = ledger;
    this.url = url;
    this.snapshot = snapshot;
    this.limited = { account: new URL(url).origin, blob: url };
    this.label = snapshot === undefined ? url : `${url}?snapshot=${snapshot}`;
  }

  async length(options?: CallOptions): Promise<number> {
    return (await this.properties(options)).length;
  }

  properties(options?: CallOptions): Promise<BlobProperties> {
    return this.seam.call({
      operation: 'properties',
      writes: false,
      url: this.url,
      snapshot: this.snapshot,
      options,
      effect: { apply: () => this.describe() },
    });
  }

  allocated(within: PageRange, options?: CallOptions): AsyncIterable<RangeWindow> {
    return this.list('allocated', within, options, {}, () => isAllocated);
  }

  changedSince(previous: SnapshotId, within: PageRange, options?: CallOptions): AsyncIterable<RangeWindow> {
    return this.list('changedSince', within, options, { previous }, (content) => this.touchedSince(previous, content));
  }

  async read(range: PageRange, options?: CallOptions): Promise<Uint8Array> {
    checkTransfer(range);
    const apply = (): Uint8Array => {
      const content = this.content();
      checkInside(range, content.length);
      return content.pages.read(range);
    };
    return this.seam.call({
      operation: 'read',
      writes: false,
      url: this.url,
      snapshot: this.snapshot,
      args: { range },
      options,
      effect: { apply },
    });
  }

  private content(): Readonly<Content> {
    return this.ledger.content(this.url, this.snapshot);
  }

  private describe(): BlobProperties {
    const isBase = this.snapshot === undefined;
    if (isBase) this.ledger.pollCopy(this.ledger.pageBlob(this.url));
    const content = this.content();
    const lease = isBase
      ? this.ledger.pageBlob(this.url).lease.state(this.ledger.world.now())
      : { lease: 'available' as const, leaseDuration: undefined };
    return {
      length: content.length,
      etag: content.etag,
      metadata: { ...content.metadata },
      createdOn: new Date(content.createdOn).toUTCString(),
      lastModified: new Date(content.lastModified).toUTCString(),
      sequenceNumber: content.sequenceNumber,
      ...lease,
      tier: content.tier,
      copy: content.copy,
    };
  }

  /** Each window is a call of its own, so that anything may happen between two of them. */
  private async *list(
    operation: Operation,
    within: PageRange,
    options: CallOptions | undefined,
    other: Readonly<Record<string, unknown>>,
    selector: (content: Readonly<Content>) => (extent: Extent) => boolean,
  ): AsyncGenerator<RangeWindow> {
    for (let start = within.start; start < within.end;) {
      const rest = { start, end: within.end };
      checkRange(rest);
      const window = await this.seam.call({
        operation,
        writes: false,
        url: this.url,
        snapshot: this.snapshot,
        args: { range: rest, other },
        options,
        effect: { apply: () => this.window(rest, start === within.start, selector) },
      });
      yield window;
      start = window.end;
    }
  }

  private window(within: PageRange, isFirst: boolean, selector: (content: Readonly<Content>) => (extent: Extent) => boolean): RangeWindow {
    const { switches } = this.ledger;
    if (this.snapshot === undefined) checkNoCopy(this.ledger.pageBlob(this.url));
    const content = this.content();
    const holds = selector(content);
    // As in Azure, a list may be asked for beyond the end, but must begin before it.
    if (within.start >= content.length && isFirst)
      throw refusal('badInput', `The list would begin at ${within.start} in ${content.length} bytes.`);
    const limits = { ranges: switches.windowSize, bytes: switches.windowBytes };
    return firstWindow(content.pages, within, (extent) => extent.start < content.length && holds(extent), limits);
  }

  private touchedSince(previous: SnapshotId, content: Readonly<Content>): (extent: Extent) => boolean {
    const { switches } = this.ledger;
    const difference = switches.differenceOf?.includes(this.url) === false ? 'honest' : switches.difference;
    if (difference === 'refused') throw refusal('differenceNotSupported', 'This endpoint gives no differences.');
    if (difference === 'ignored') return isAllocated;
    const earlier = this.ledger.pageBlob(this.url).snapshots.get(previous);
    if (!earlier) throw refusal('previousSnapshotNotFound', 'The previous snapshot is not found.');
    if (earlier.generation !== content.generation)
      throw refusal('blobOverwritten', 'The blob has been recreated since the previous snapshot was taken.');
    const own = this.snapshot === undefined ? undefined : this.ledger.pageBlob(this.url).snapshots.get(this.snapshot);
    if (own && (earlier.version > own.version || earlier.id > own.id))
      throw refusal('previousSnapshotNewer', 'The previous snapshot cannot be newer.');
    return (extent) => extent.version > earlier.version;
  }
}

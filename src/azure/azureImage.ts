import type { BlobImage, BlobProperties, CallOptions, Limited, ReadOptions, SnapshotId } from '../engine/pageBlob.ts';
import { MAX_WRITE, type PageRange } from '../engine/ranges/pageRange.ts';
import type { RangeWindow } from '../engine/ranges/rangeWindow.ts';
import type { BlobHandle } from './blobHandle.ts';
import { sourceOfCopy, type CopyUse, type SourceOfCopy } from './copySource.ts';
import { requirePages } from './limits.ts';
import { pageLister } from './pageLister.ts';
import { propertiesOf } from './properties.ts';
import { tileRanges } from './rangeLists.ts';
import { readPages } from './readPages.ts';

/** A page blob or one of its snapshots in Azure, as the engine reads it. One attempt a call. */
export class AzureImage implements BlobImage {
  readonly label: string;
  readonly snapshot: SnapshotId | undefined;
  readonly limited: Limited;
  readonly #handle: BlobHandle;

  constructor(handle: BlobHandle) {
    this.#handle = handle;
    this.label = handle.url;
    this.snapshot = handle.address.snapshot;
    this.limited = handle.limited;
  }

  /** REST: Get Blob Properties. */
  async length(options: CallOptions = {}): Promise<number> {
    return (await this.properties(options)).length;
  }

  /** REST: Get Blob Properties. */
  properties({ signal }: CallOptions = {}): Promise<BlobProperties> {
    return this.#handle.call({ operation: 'properties', signal }, async (client, both) =>
      propertiesOf(await client.getProperties({ abortSignal: both }), this.label),
    );
  }

  /** REST: Get Page Ranges. */
  async *allocated(within: PageRange, options: CallOptions = {}): AsyncGenerator<RangeWindow> {
    if (within.start !== within.end) requirePages(within);
    yield* tileRanges(within, pageLister(this.#handle, undefined, options));
  }

  /** REST: Get Page Ranges with prevsnapshot. Written and cleared pages alike. */
  async *changedSince(previous: SnapshotId, within: PageRange, options: CallOptions = {}): AsyncGenerator<RangeWindow> {
    if (within.start !== within.end) requirePages(within);
    yield* tileRanges(within, pageLister(this.#handle, previous, options));
  }

  /** REST: Get Blob. @throws unaligned, badInput for a range that is no whole pages or over 4 MiB */
  async read(range: PageRange, options: ReadOptions = {}): Promise<Uint8Array> {
    requirePages(range, MAX_WRITE);
    return readPages(this.#handle, range, options);
  }

  /** How `target`'s service may read this image: for Put Page From URL and Copy Blob. Not part of the engine's port. */
  copySource(target: BlobHandle, use: CopyUse, options: CallOptions = {}): Promise<SourceOfCopy> {
    return sourceOfCopy(this.#handle, target, use, options);
  }
}

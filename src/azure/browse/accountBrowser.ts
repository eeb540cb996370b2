import type { CallOptions, Metadata, SnapshotId } from '../../engine/pageBlob.ts';

/** One page of a listing and where the next one begins. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque, to be handed in for the next page; undefined at the end. */
  readonly next: string | undefined;
}

export interface ContainerItem {
  readonly name: string;
}

/** A page blob with its live snapshots, as one listing gives them. */
export interface PageBlobItem {
  readonly container: string;
  readonly name: string;
  /** Without query. */
  readonly url: string;
  /** Bytes. */
  readonly length: number;
  readonly metadata: Metadata;
  readonly lease: 'available' | 'leased' | 'other';
  readonly infiniteLease: boolean;
  readonly tier: string | undefined;
  readonly createdOn: string | undefined;
  /** Oldest first. */
  readonly snapshots: readonly SnapshotItem[];
}

export interface SnapshotItem {
  readonly id: SnapshotId;
  readonly metadata: Metadata;
  readonly length: number;
}

export interface PageBlobPage extends Page<PageBlobItem> {
  /** Other blobs that the page passed over: "This container holds 214 block blobs." */
  readonly others: number;
  /** Backup blobs that have a catalogue in what the page covered, by name: `X` for `X.chain/000001.json`. */
  readonly catalogues: readonly string[];
}

/** Looks through one storage account, a page at a time. One attempt each; errors as `PageBlob` has them. */
export interface AccountBrowser {
  containers(marker: string | undefined, options?: CallOptions): Promise<Page<ContainerItem>>;
  /** @param prefix only blobs whose name begins so */
  pageBlobs(container: string, marker: string | undefined, prefix: string, options?: CallOptions): Promise<PageBlobPage>;
  /** Makes a container that nobody but the account's owner can read; one that is there already will do. */
  createContainer(name: string, options?: CallOptions): Promise<void>;
}

import type { BlobState } from './model.ts';
import { PageMap } from './pageMap.ts';
import type { PageRun } from './pageMap.ts';
import type { Store } from './store.ts';

/** Names a blob or, with `snapshot`, one of its snapshots. */
export interface BlobName {
  readonly account: string;
  readonly container: string;
  readonly blob: string;
  readonly snapshot?: string | undefined;
}

/** What tests ask past the wire: what a blob really holds. Also puts blobs there without requests. */
export class Oracle {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  exists(name: BlobName): boolean {
    const container = this.#store.accounts.get(name.account)?.containers.get(name.container);
    const entry = container?.blobs.get(name.blob);
    const state = name.snapshot === undefined ? entry?.base : entry?.snapshots.find((one) => one.snapshot === name.snapshot);
    return state !== undefined && state.deletedOn === undefined;
  }

  length(name: BlobName): number {
    return this.#state(name).content.length;
  }

  /** The bytes [start, end), the whole blob by default. */
  bytes(name: BlobName, start = 0, end = this.length(name)): Buffer {
    const { content } = this.#state(name);
    return content instanceof PageMap ? content.read(start, end) : content.subarray(start, end);
  }

  /** The allocated ranges, merged, ends exclusive. */
  ranges(name: BlobName): { readonly start: number; readonly end: number }[] {
    const pages = this.pages(name);
    return pages.ranges(0, pages.length).map(({ start, end }) => ({ start, end }));
  }

  /** What was written or cleared between two snapshots, or a snapshot and the base, merged, ends exclusive. */
  touched(name: BlobName, previous: string): PageRun[] {
    const pages = this.pages(name);
    return pages.ranges(0, pages.length, Infinity, this.pages({ ...name, snapshot: previous }).version);
  }

  /** The ids of the live snapshots, oldest first. */
  snapshots(name: BlobName): string[] {
    const entry = this.#store.accounts.get(name.account)?.containers.get(name.container)?.blobs.get(name.blob);
    return (entry?.snapshots ?? []).filter((one) => one.deletedOn === undefined).map((one) => one.snapshot!);
  }

  metadata(name: BlobName): Record<string, string> {
    return Object.fromEntries(this.#state(name).metadata);
  }

  sequenceNumber(name: BlobName): number {
    return this.#state(name).sequenceNumber;
  }

  /** The names of the live blobs in a container. */
  blobs(account: string, container: string): string[] {
    const blobs = this.#store.accounts.get(account)?.containers.get(container)?.blobs.values() ?? [];
    return [...blobs].filter((one) => one.base !== undefined && one.base.deletedOn === undefined).map((one) => one.name);
  }

  /** The pages themselves. Writing to those of a base changes the blob behind the service's back: same ETag, but touched. */
  pages(name: BlobName): PageMap {
    const { content } = this.#state(name);
    if (content instanceof PageMap) return content;
    throw new Error(`${name.blob} is not a page blob`);
  }

  #state({ account, container, blob, snapshot }: BlobName): BlobState {
    const query = new Map(snapshot === undefined ? [] : [['snapshot', snapshot] as const]);
    return this.#store.blob({ account, container, blob, query }).state;
  }
}

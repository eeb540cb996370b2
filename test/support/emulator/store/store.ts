import { StorageError } from '../errors.ts';
import { Lease } from '../leases.ts';
import type { Target } from '../request.ts';
import type { Account, BlobEntry, BlobState, Container } from './model.ts';
import { PageMap } from './pageMap.ts';

/** Accounts, containers and blobs, and the errors for those that are not there. */
export class Store {
  readonly accounts = new Map<string, Account>();
  #generation = 0;

  nextGeneration(): number {
    return ++this.#generation;
  }

  account(name: string): Account {
    const account = this.accounts.get(name);
    if (account === undefined) throw new StorageError('ResourceNotFound');
    return account;
  }

  container(target: Target): Container {
    const container = this.account(target.account).containers.get(target.container ?? '');
    if (container === undefined) throw new StorageError('ContainerNotFound');
    return container;
  }

  /** The entry of that name, made if missing. */
  entry(target: Target): BlobEntry {
    const { blobs } = this.container(target);
    const name = target.blob ?? '';
    let entry = blobs.get(name);
    if (entry === undefined) {
      entry = { name, base: undefined, snapshots: [], lease: new Lease(), blocks: new Map(), lastSnapshotOn: undefined };
      blobs.set(name, entry);
    }
    return entry;
  }

  /** The base blob or, if the target names one, the snapshot. */
  blob(target: Target): { readonly entry: BlobEntry; readonly state: BlobState } {
    const entry = this.container(target).blobs.get(target.blob ?? '');
    const snapshot = target.query.get('snapshot');
    if (snapshot !== undefined && target.query.has('versionid')) throw new StorageError('MutuallyExclusiveQueryParameters');
    const state = snapshot === undefined ? entry?.base : entry?.snapshots.find((one) => one.snapshot === snapshot);
    if (entry === undefined || state === undefined || state.deletedOn !== undefined) {
      throw new StorageError('BlobNotFound', state === undefined ? {} : { headers: { 'x-ms-is-soft-deleted': 'true' } });
    }
    return { entry, state };
  }
}

export function lengthOf(state: BlobState): number {
  return state.content.length;
}

/** @throws InvalidBlobType for anything but a page blob */
export function pagesOf(state: BlobState): PageMap {
  if (state.content instanceof PageMap) return state.content;
  throw new StorageError('InvalidBlobType');
}

/** The live snapshots, oldest first. */
export function liveSnapshots(entry: BlobEntry): BlobState[] {
  return entry.snapshots.filter((one) => one.deletedOn === undefined);
}

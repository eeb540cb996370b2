import { isBackupError, throwIfCancelled } from '../../../engine/errors.ts';
import { forEachBounded } from '../../../engine/transfer/concurrency.ts';
import type { StorageAccount } from '../../accounts/account.ts';
import { formatAddress } from '../../../azure/blobAddress.ts';
import { ask } from '../asking.ts';
import type { TreeContext } from '../treeContext.ts';

/** A list that is still to be read on: the containers of an account, or the blobs of one of its containers. */
interface Place {
  readonly account: StorageAccount;
  readonly container: string | undefined;
  readonly marker: string | undefined;
}

export interface ScanEvents {
  /** A backup blob with a catalogue, beside it or elsewhere, by URL, as it is found. */
  readonly found: (backupUrl: string) => Promise<void>;
  readonly failed: (account: StorageAccount, error: unknown) => void;
}

const AT_ONCE = { calls: 4, bytes: Infinity };
/** So many answers of the service are read in one go. */
const ANSWERS = 200;

/** Looks through all containers of accounts for catalogues. Stopped at any point, it goes on from there. */
export class ChainScan {
  readonly #context: TreeContext;
  #places: Place[];
  #last: Promise<void> = Promise.resolve();

  constructor(accounts: readonly StorageAccount[], context: TreeContext) {
    this.#context = context;
    this.#places = accounts.map((account) => ({ account, container: account.scope?.container, marker: undefined }));
  }

  get isDone(): boolean {
    return this.#places.length === 0;
  }

  /** Goes on looking; after a run that was stopped, once that one has laid back what it had not read. */
  async run(events: ScanEvents, signal: AbortSignal): Promise<void> {
    const run = this.#last.then(() => this.#run(events, signal));
    this.#last = run.catch(() => undefined);
    await run;
  }

  async #run(events: ScanEvents, signal: AbortSignal): Promise<void> {
    for (let answers = 0; answers < ANSWERS && !this.isDone;) {
      const places = this.#places.splice(0, Math.min(AT_ONCE.calls, ANSWERS - answers));
      answers += places.length;
      const unread = new Set(places);
      try {
        await forEachBounded(
          places,
          AT_ONCE,
          () => 0,
          async (place) => {
            const follows = await this.#read(place, events, signal);
            unread.delete(place);
            // Deep before broad: what was begun is ended before the next account comes.
            this.#places.unshift(...follows);
          },
          signal,
        );
      } finally {
        this.#places.unshift(...unread);
      }
    }
  }

  async #read(place: Place, events: ScanEvents, signal: AbortSignal): Promise<Place[]> {
    const { account, container } = place;
    try {
      return container === undefined ? await this.#containers(place, signal) : await this.#blobs({ ...place, container }, events, signal);
    } catch (error) {
      if (isBackupError(error, 'cancelled')) throw error;
      throwIfCancelled(signal);
      events.failed(account, error);
      return [];
    }
  }

  async #containers({ account, marker }: Place, signal: AbortSignal): Promise<Place[]> {
    const { session, job } = this.#context;
    const browser = await session.browse(account.endpoint, account.scope);
    const { items, next } = await ask('containers', () => browser.containers(marker, { signal }), job, signal);
    const containers = items.map(({ name }): Place => ({ account, container: name, marker: undefined }));
    return next === undefined ? containers : [...containers, { account, container: undefined, marker: next }];
  }

  async #blobs(place: Place & { readonly container: string }, events: ScanEvents, signal: AbortSignal): Promise<Place[]> {
    const { session, job, places } = this.#context;
    const { account, container, marker } = place;
    const browser = await session.browse(account.endpoint, account.scope);
    const { catalogues, next } = await ask('page blobs', () => browser.pageBlobs(container, marker, '', { signal }), job, signal);
    for (const blob of catalogues) {
      throwIfCancelled(signal);
      const url = formatAddress({ endpoint: account.endpoint, account: undefined, container, blob, snapshot: undefined });
      await events.found((await places?.backupOf(url)) ?? url);
    }
    return next === undefined ? [] : [{ ...place, marker: next }];
  }
}

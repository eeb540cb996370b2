import type { AccountBrowser, ContainerItem, Page, PageBlobItem, PageBlobPage } from '../../../src/azure/browse/accountBrowser.ts';
import { throwIfCancelled } from '../../../src/engine/errors.ts';
import type { CallOptions } from '../../../src/engine/pageBlob.ts';
import type { BlobState, PageBlobState } from '../memory/blobState.ts';
import type { MemoryService } from '../memory/memoryService.ts';

/** What listings were asked for, and what tests do to them. */
export interface BrowserControl {
  /** `containers <endpoint>`, `blobs <container> <prefix>` */
  readonly asked: string[];
  /** Called before each answer: throws, or waits. */
  before: (what: string, signal: AbortSignal | undefined) => Promise<void> | void;
  /** Page blobs and others in one page. */
  pageSize: number;
}

/** `AccountBrowser` over the in-memory service. @param containers names of the account's containers */
export function memoryBrowser(
  service: MemoryService,
  endpoint: string,
  containers: readonly string[],
  control: BrowserControl,
): AccountBrowser {
  const answer = async (what: string, signal: AbortSignal | undefined): Promise<void> => {
    control.asked.push(what);
    await control.before(what, signal);
    await Promise.resolve();
    throwIfCancelled(signal);
  };
  return {
    async containers(_marker: string | undefined, { signal }: CallOptions = {}): Promise<Page<ContainerItem>> {
      await answer(`containers ${endpoint}`, signal);
      return { items: containers.map((name) => ({ name })), next: undefined };
    },
    async createContainer(name: string): Promise<void> {
      service.addContainer(`${endpoint}/${name}`);
    },
    async pageBlobs(container: string, marker: string | undefined, prefix: string, { signal }: CallOptions = {}): Promise<PageBlobPage> {
      await answer(`blobs ${container} ${prefix}`.trim(), signal);
      const url = `${endpoint}/${container}`;
      const all = [...service.ledger.containerOf(url)]
        .map(([blobUrl, state]) => ({ name: decodeURIComponent(blobUrl.slice(url.length + 1)), state }))
        .filter(({ name }) => name.startsWith(prefix))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const start = Number(marker ?? 0);
      const page = all.slice(start, start + control.pageSize);
      const items = page.flatMap(({ name, state }) => (state.kind === 'page' ? [itemOf(container, name, state, service.world.now())] : []));
      const catalogues = new Set(page.flatMap(({ name }) => /^(.+)\.chain\/\d+\.json$/.exec(name)?.[1] ?? []));
      const others = page.filter(({ name, state }) => state.kind === 'block' && !isRecord(name, state)).length;
      const end = start + control.pageSize;
      return { items, next: end < all.length ? String(end) : undefined, others, catalogues: [...catalogues] };
    },
  };
}

function isRecord(name: string, { kind }: BlobState): boolean {
  return kind === 'block' && /\.chain\/.+\.json$/.test(name);
}

function itemOf(container: string, name: string, state: PageBlobState, now: number): PageBlobItem {
  const { lease, leaseDuration } = state.lease.state(now);
  return {
    container,
    name,
    url: state.url,
    length: state.length,
    metadata: state.metadata,
    lease: lease === 'leased' ? 'leased' : lease === 'available' ? 'available' : 'other',
    infiniteLease: leaseDuration === 'infinite',
    tier: state.tier,
    createdOn: new Date(state.createdOn).toUTCString(),
    snapshots: [...state.snapshots.values()].map(({ id, metadata, length }) => ({ id, metadata, length })),
  };
}

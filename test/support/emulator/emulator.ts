import type { AddressInfo } from 'node:net';

import { mintSas } from './auth/mintSas.ts';
import type { SasRequest } from './auth/mintSas.ts';
import { noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import type { Fault, RequestHook, RequestInfo } from './faults.ts';
import { storageServer } from './server.ts';
import type { Tls } from './server.ts';
import type { Service } from './service.ts';
import { Oracle } from './store/oracle.ts';
import { Store } from './store/store.ts';
import { defaultSwitches } from './switches.ts';
import type { Switches } from './switches.ts';
import { Ticker } from './ticker.ts';

export type { Counts, Fault, RequestHook, RequestInfo, SasRequest, Switches };

export interface EmulatorAccount {
  readonly name: string;
  /** Base64. */
  readonly key: string;
  readonly premium?: boolean;
}

export interface EmulatorOptions {
  /** Two by default: the account that all storage emulators share, and a second one. */
  readonly accounts?: readonly EmulatorAccount[];
  /** 0, any free port, by default. */
  readonly port?: number;
  /** Milliseconds; decides about leases, SAS and all times in answers. The machine's clock by default. */
  readonly clock?: () => number;
  readonly switches?: Partial<Switches>;
  /** Makes it HTTPS, which the SDK wants before it sends a token. */
  readonly tls?: Tls;
}

export interface Emulator {
  readonly port: number;
  readonly accounts: readonly EmulatorAccount[];
  /** May be changed at any time; the next request sees it. */
  readonly switches: Switches;
  /** `http://127.0.0.1:PORT/account`, no slash at the end. */
  blobEndpoint(account: string): string;
  connectionString(account: string): string;
  /** Copy sources that name this `host:port` mean this server too: for a proxy before it. */
  alsoKnownAs(host: string): void;
  /** Query text without the question mark; for a snapshot it names it. */
  sas(account: string, request: SasRequest): string;
  readonly counts: Counts;
  resetCounts(): void;
  /** Asks `hook` about each request; the newest hook is asked first, the first fault counts. @returns what takes the hook out again */
  onRequest(hook: RequestHook): () => void;
  /** The truth behind the wire. */
  readonly store: Oracle;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** The name and key that every Azure storage emulator has; public, and worth nothing elsewhere. */
export const DEFAULT_ACCOUNTS: readonly EmulatorAccount[] = [
  { name: 'devstoreaccount1', key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==' },
  { name: 'devstoreaccount2', key: Buffer.from('the key of the second account of the emulator for tests').toString('base64') },
];

const DATE_SKEW_MS = 15 * 60_000;

/** Starts a blob service on 127.0.0.1 that is strict where the real one is. All is in memory. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const accounts = options.accounts ?? DEFAULT_ACCOUNTS;
  const store = new Store();
  for (const { name, key, premium = false } of accounts) store.accounts.set(name, { name, key, premium, containers: new Map() });
  // Clients sign with the machine's time, so with a clock of one's own their dates say nothing.
  const switches = { ...defaultSwitches(), dateSkewMs: options.clock === undefined ? DATE_SKEW_MS : undefined, ...options.switches };
  const ticker = new Ticker(options.clock ?? Date.now);
  const service: Service = {
    store,
    switches,
    ticker,
    counts: noCounts(),
    hosts: new Set(),
    protocol: options.tls === undefined ? 'http' : 'https',
  };
  const hooks: RequestHook[] = [];
  const server = storageServer(
    service,
    async (info) => {
      for (const hook of hooks) {
        const fault = await hook(info);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
    options.tls,
  );
  await new Promise<void>((ready, failed) => server.once('error', failed).listen(options.port ?? 0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) service.hosts.add(host);

  const blobEndpoint = (account: string): string => `${service.protocol}://127.0.0.1:${port}/${account}`;
  return {
    port,
    accounts,
    switches,
    blobEndpoint,
    connectionString: (account) =>
      `DefaultEndpointsProtocol=${service.protocol};AccountName=${account};AccountKey=${store.account(account).key};BlobEndpoint=${blobEndpoint(account)};`,
    alsoKnownAs: (host) => void service.hosts.add(host),
    sas: (account, request) => mintSas(store.account(account), request),
    counts: service.counts,
    resetCounts: () => void Object.assign(service.counts, noCounts()),
    onRequest: (hook) => {
      hooks.unshift(hook);
      return () => void hooks.splice(hooks.indexOf(hook), 1);
    },
    store: new Oracle(store),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

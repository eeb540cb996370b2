import { createHash } from 'node:crypto';
import type { ContainerClient, PageBlobClient } from '@azure/storage-blob';
import { openAzure, type Azure } from '../../../src/azure/azure.ts';
import { indexOf } from '../../../src/engine/chain/recordNames.ts';
import { resultOf } from '../../../src/engine/events.ts';
import type { BackupResult } from '../../../src/engine/jobs/backup/backupRun.ts';
import { planBackup } from '../../../src/engine/jobs/backup/plan.ts';
import type { BackupRequest } from '../../../src/engine/jobs/backup/request.ts';
import { runBackup } from '../../../src/engine/jobs/backup/run.ts';
import { planRestoreToBlob, runRestoreToBlob, type RestoreResult } from '../../../src/engine/jobs/restore/restoreToBlob.ts';
import type { World } from '../../../src/engine/world.ts';
import { systemWorld } from '../../../src/files/systemWorld.ts';
import { startEmulator, type Emulator } from '../emulator/emulator.ts';
import { newContainer } from '../twoAccounts.ts';
import { startFaultProxy, type FaultProxy } from './faultProxy.ts';

const PAGE = 512;

/** Long enough for a busy machine, short enough for a request that is never answered. */
const DEADLINE = { seconds: 1.5, bytesPerSecond: 1024 * 1024 };

/** Two accounts behind a proxy that faults go through, and the plain SDK beside it, past the proxy. */
export interface ProxiedAccounts {
  readonly emulator: Emulator;
  readonly proxy: FaultProxy;
  /** Connection strings that lead through the proxy, as the environment holds them. */
  readonly env: Readonly<Record<string, string>>;
  readonly disks: ContainerClient;
  readonly backups: ContainerClient;
  /** Milliseconds of the clock of the service and of the machines. */
  readonly now: () => number;
  /** It goes on by so many milliseconds: leases run out. */
  passTime(ms: number): void;
  close(): Promise<void>;
}

export async function startProxiedAccounts(): Promise<ProxiedAccounts> {
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const emulator = await startEmulator({ clock: now });
  const proxy = await startFaultProxy(emulator.port);
  emulator.alsoKnownAs(proxy.host);
  const [diskAccount, backupAccount] = emulator.accounts.map(({ name }) => name) as [string, string];
  const through = (account: string): string => emulator.connectionString(account).replace(`127.0.0.1:${emulator.port}`, proxy.host);
  return {
    emulator,
    proxy,
    env: {
      AZURE_STORAGE_CONNECTION_STRING: through(diskAccount),
      AZURE_STORAGE_CONNECTION_STRING_BACKUP: through(backupAccount),
    },
    disks: await newContainer(emulator, diskAccount, 'vhds'),
    backups: await newContainer(emulator, backupAccount, 'backups'),
    now,
    passTime: (ms) => void (ahead += ms),
    async close() {
      await proxy.close();
      await emulator.close();
    },
  };
}

/** A committed recovery point: its number, and the ids of its two snapshots. */
export interface Point {
  readonly number: number;
  readonly backup: string;
  readonly source: string;
}

/** A small disk of its own and its backup, worked on by the real engine with the real SDK through the proxy. */
export class ProxiedChain {
  readonly accounts: ProxiedAccounts;
  /** Past the proxy. */
  readonly disk: PageBlobClient;
  readonly backupBlob: PageBlobClient;
  readonly name: string;
  readonly #azure: Azure;
  readonly #world: World;
  readonly #truths = new Map<string, string>();

  /** @param deadline of each request; short, for requests that are never answered */
  constructor(accounts: ProxiedAccounts, name: string, deadline = DEADLINE) {
    this.accounts = accounts;
    this.name = name;
    this.disk = accounts.disks.getPageBlobClient(name);
    this.backupBlob = accounts.backups.getPageBlobClient(name);
    this.#azure = openAzure({ env: accounts.env, deadline, now: accounts.now });
    // Retries without their waits; all else is this machine's.
    this.#world = { ...systemWorld, now: accounts.now, sleep: (_ms, signal) => systemWorld.sleep(1, signal) };
  }

  /** The URL of a blob as the engine sees it: through the proxy. */
  through(blob: PageBlobClient): string {
    const { emulator, proxy } = this.accounts;
    return blob.url.replace(`127.0.0.1:${emulator.port}`, proxy.host);
  }

  /** Pages of one repeated byte. */
  async write(page: number, fill: number, count = 1): Promise<void> {
    await this.disk.uploadPages(Buffer.alloc(count * PAGE, fill), page * PAGE, count * PAGE);
  }

  async backup(options: Partial<BackupRequest> = {}, signal?: AbortSignal): Promise<BackupResult> {
    const backup = this.#azure.pageBlob(this.through(this.backupBlob));
    const source = this.#azure.pageBlob(this.through(this.disk));
    const request = { source, backup, catalogue: this.#azure.recordStoreFor(backup), ...options };
    const job = { world: this.#world, signal };
    return resultOf(runBackup(await planBackup(request, job), request, job));
  }

  async restore(point: string, target: PageBlobClient, transfer: 'server' | 'relay', signal?: AbortSignal): Promise<RestoreResult> {
    const backup = this.#azure.pageBlob(this.through(this.backupBlob));
    const request = {
      backup,
      catalogue: this.#azure.recordStoreFor(backup),
      point,
      target: this.#azure.pageBlob(this.through(target)),
      transfer,
      proof: 'changed',
    } as const;
    const job = { world: this.#world, signal };
    return resultOf(runRestoreToBlob(await planRestoreToBlob(request, job), request, job));
  }

  /** The committed points as their records say, read by the plain SDK. */
  async points(): Promise<Point[]> {
    const points: Point[] = [];
    for await (const { name } of this.accounts.backups.listBlobsFlat({ prefix: `${this.name}.chain/` })) {
      if (!/\/\d+\.json$/.test(name)) continue;
      const text = await this.accounts.backups.getBlobClient(name).downloadToBuffer();
      const entry = JSON.parse(String(text)) as { backup: { snapshot: string }; source: { snapshot: string } };
      const number = Number.parseInt(name.slice(name.lastIndexOf('/') + 1));
      points.push({ number, backup: entry.backup.snapshot, source: entry.source.snapshot });
    }
    return points;
  }

  /** Numbers of the points that a prune has deleted, or has begun to. */
  async prunedPoints(): Promise<ReadonlySet<number>> {
    const prefix = `${this.name}.chain/`;
    const names: string[] = [];
    for await (const { name } of this.accounts.backups.listBlobsFlat({ prefix })) names.push(name.slice(prefix.length));
    return new Set(indexOf(names).pruned.keys());
  }

  /** The points that can be restored: not pruned, nor deleted by somebody else. */
  async livePoints(): Promise<Point[]> {
    const { accountName: account, name: blob } = this.backupBlob;
    const { store } = this.accounts.emulator;
    const name = { account, container: 'backups', blob };
    const there = new Set(store.exists(name) ? store.snapshots(name) : []);
    const pruned = await this.prunedPoints();
    return (await this.points()).filter(({ number, backup }) => there.has(backup) && !pruned.has(number));
  }

  /** Committed points that do not hold what their source snapshot held, as SHA-256 sums of bytes that the plain SDK reads. */
  async wrongPoints(): Promise<string[]> {
    const wrong: string[] = [];
    for (const { backup, source } of await this.points()) {
      // A source snapshot that nobody has looked at proves nothing.
      const truth = await this.truthOf(source).catch(() => 'unknown');
      if (truth !== (await sha256(this.backupBlob.withSnapshot(backup)).catch(() => 'gone'))) wrong.push(backup);
    }
    return wrong;
  }

  /** Notes what the live snapshots of the disk hold, before somebody deletes them. */
  async remember(): Promise<void> {
    for await (const { name, snapshot } of this.accounts.disks.listBlobsFlat({ prefix: this.name, includeSnapshots: true })) {
      if (name === this.name && snapshot) await this.truthOf(snapshot);
    }
  }

  /** What a snapshot of the disk holds. Remembered past the snapshot's deletion: a run deletes those of the runs before only, so look after each. */
  async truthOf(snapshot: string): Promise<string> {
    const sum = this.#truths.get(snapshot) ?? (await sha256(this.disk.withSnapshot(snapshot)));
    this.#truths.set(snapshot, sum);
    return sum;
  }
}

/** Length and SHA-256 of what a blob or snapshot holds, read by the plain SDK. */
export async function sha256(blob: PageBlobClient): Promise<string> {
  return sumOf(await blob.downloadToBuffer());
}

/** Length and SHA-256, as a text that begins with the length. */
export function sumOf(bytes: Buffer): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
}

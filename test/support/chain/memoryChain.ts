import type { BackupRequest } from '../../../src/engine/jobs/backup/request.ts';
import type { BackupResult } from '../../../src/engine/jobs/backup/backupRun.ts';
import { planBackup } from '../../../src/engine/jobs/backup/plan.ts';
import { runBackup } from '../../../src/engine/jobs/backup/run.ts';
import { resultOf, type RunEvent } from '../../../src/engine/events.ts';
import type { CatalogueEntry } from '../../../src/engine/chain/entry.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import type { JobOptions } from '../../../src/engine/tools.ts';
import type { World } from '../../../src/engine/world.ts';
import { MemoryService } from '../memory/memoryService.ts';
import type { Switches } from '../memory/switches.ts';
import { VirtualWorld } from '../memory/virtualWorld.ts';

export const SOURCE = 'https://disks.example/vhds/disk.vhd';
export const BACKUP = 'https://backups.example/backups/disk.vhd';
export const CATALOGUE = `${BACKUP}.chain`;

/** A small disk in one account and the room for its backup in another, in memory. */
export class MemoryChain {
  readonly world: VirtualWorld;
  readonly service: MemoryService;
  #clients = 0;

  constructor(options: { seed?: number; pages?: number; switches?: Partial<Switches> } = {}) {
    this.world = new VirtualWorld({ seed: options.seed ?? 1 });
    this.service = new MemoryService({
      world: this.world,
      switches: options.switches ?? {},
      containers: ['https://disks.example/vhds', 'https://backups.example/backups'],
    });
    this.service.foreign.createBlob(SOURCE, (options.pages ?? 16) * PAGE);
  }

  /** Writes pages of one repeated byte to the source, as its VM does. */
  write(page: number, value: number, count = 1): void {
    this.service.foreign.write(SOURCE, page * PAGE, new Uint8Array(count * PAGE).fill(value), 'holder');
  }

  clear(page: number, count = 1): void {
    this.service.foreign.clear(SOURCE, page * PAGE, count * PAGE, 'holder');
  }

  /** The ports and the world of a new process; both die with it. */
  process(options: Partial<BackupRequest> = {}): { readonly request: BackupRequest; readonly world: World } {
    const client = this.service.client(`process${this.#clients++}`);
    const ports = { source: client.pageBlob(SOURCE), backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE) };
    return { request: { ...ports, ...options }, world: client.world };
  }

  /** The ports of a new process. */
  request(options: Partial<BackupRequest> = {}): BackupRequest {
    return this.process(options).request;
  }

  /** Plans and runs a backup in a process of its own. */
  async backup(
    options: Partial<BackupRequest> = {},
    job: Partial<JobOptions> = {},
    listen?: (event: RunEvent<BackupResult>) => void,
  ): Promise<BackupResult> {
    const { request, world } = this.process(options);
    const all: JobOptions = { world, ...job };
    return resultOf(runBackup(await planBackup(request, all), request, all), listen);
  }

  /** Every committed entry, by a look past all faults. */
  async entries(): Promise<CatalogueEntry[]> {
    const records = [...this.service.oracle.recordsOf(CATALOGUE)];
    return records.flatMap(([name, text]) => (/^\d+\.json$/.test(name) ? [JSON.parse(text) as CatalogueEntry] : []));
  }

  /** What is wrong with the committed recovery points, by the oracle: empty when law 1 holds. */
  async faults(): Promise<string[]> {
    const faults: string[] = [];
    for (const { number, backup, source } of await this.entries()) {
      const wrong = this.service.oracle.differenceOf(
        { url: BACKUP, snapshot: backup.snapshot },
        { url: SOURCE, snapshot: source.snapshot },
      );
      if (wrong !== undefined) faults.push(`point ${number} differs from ${source.snapshot}: ${wrong}`);
    }
    return faults;
  }
}

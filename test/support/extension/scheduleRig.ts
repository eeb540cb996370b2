import type { Fleet } from '../../../src/extension/fleet/fleet.ts';
import type { Scheduler } from '../../../src/extension/schedule/scheduler.ts';
import type { Switches } from '../../../src/extension/schedule/switches.ts';
import type { RunRecord } from '../../../src/extension/runs/run.ts';
import type { RegistryParts, Runs } from '../../../src/extension/runs/registry.ts';
import { readPolicy } from '../../../src/policy/file/readPolicy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { MemoryService } from '../memory/memoryService.ts';
import type { MemoryClient } from '../memory/memoryClient.ts';
import { VirtualWorld } from '../memory/virtualWorld.ts';
import { memoryLister } from '../tree/memoryLister.ts';
import { englishVoice } from '../tree/voice.ts';
import { MemoryFiles } from './commandRig.ts';
import type { Memory } from '../../../src/extension/accounts/storage.ts';
import type { PolicySession } from '../../../src/extension/session.ts';

export const FILE = 'file:///project/page-blob-backup.yaml';
export const HOUR = 60 * 60_000;

export function policyOf(window = '12h', retention = '{ last: 3 }'): string {
  return [
    'version: 1',
    'chains:',
    '  - account: https://disks.example',
    "    blobs: 'vhds/*'",
    '    to: { account: https://backups.example, blob: "backups/{blob}" }',
    `    window: ${window}`,
    `    retention: ${retention}`,
  ].join('\n');
}

export function parsed(text: string): Policy {
  const { policy, problems } = readPolicy(text);
  if (!policy) throw new Error(problems.map(({ message }) => message).join());
  return policy;
}

export interface WindowOptions {
  readonly on?: boolean;
  readonly text?: string;
  /** What policies say of a run; by default what the window's fleet knows. */
  readonly chainFor?: RegistryParts['chainFor'];
}

/** Disks in memory that windows of VS Code look after. */
export class ScheduleRig {
  readonly world: VirtualWorld;
  readonly service: MemoryService;
  readonly files = new MemoryFiles();
  readonly logged: string[] = [];
  windows: ScheduleWindow[] = [];

  constructor(disks: readonly string[], seed = 1) {
    this.world = new VirtualWorld({ seed, limit: 400 * 24 * HOUR });
    const containers = ['https://disks.example/vhds', 'https://backups.example/backups'];
    this.service = new MemoryService({ world: this.world, containers });
    for (const disk of disks) this.service.foreign.createBlob(`https://disks.example/vhds/${disk}`, 16 * PAGE);
  }

  write(disk: string, page: number, value: number): void {
    this.service.foreign.write(`https://disks.example/vhds/${disk}`, page * PAGE, new Uint8Array(PAGE).fill(value), 'holder');
  }

  /** Names of the records in the catalogue of a disk's chain. */
  async records(disk: string): Promise<string[]> {
    return [...(await this.service.recordStore(`https://backups.example/backups/${disk}.chain`).list())].sort();
  }

  async points(disk: string): Promise<number> {
    return (await this.records(disk)).filter((name) => /^\d+\.json$/.test(name)).length;
  }

  /** A window of VS Code. Each has a memory of its own, as workspaces have; they share the records of runs. */
  async window(name: string, options: WindowOptions = {}): Promise<ScheduleWindow> {
    const window = await ScheduleWindow.open(this, name, options);
    this.windows.push(window);
    return window;
  }

  /** Lets virtual time pass. */
  async pass(ms: number): Promise<void> {
    await this.world.sleep(ms);
  }

  close(): void {
    for (const window of this.windows) window.close();
  }
}

export class ScheduleWindow {
  readonly client: MemoryClient;
  readonly runs: Runs;
  readonly fleet: Fleet;
  readonly switches: Switches;
  readonly scheduler: Scheduler;
  readonly told: string[] = [];
  changes = 0;
  readonly closing = new AbortController();

  private constructor(parts: Pick<ScheduleWindow, 'client' | 'runs' | 'fleet' | 'switches' | 'scheduler'> & { told: string[] }) {
    Object.assign(this, parts);
    this.client = parts.client;
    this.runs = parts.runs;
    this.fleet = parts.fleet;
    this.switches = parts.switches;
    this.scheduler = parts.scheduler;
    this.told = parts.told;
  }

  static async open(rig: ScheduleRig, name: string, { on = true, text = policyOf(), ...options }: WindowOptions): Promise<ScheduleWindow> {
    await import('../vscode/register.ts');
    const [{ Runs }, { Fleet }, { Scheduler }, { Switches }, { quietRuns }] = await Promise.all([
      import('../../../src/extension/runs/registry.ts'),
      import('../../../src/extension/fleet/fleet.ts'),
      import('../../../src/extension/schedule/scheduler.ts'),
      import('../../../src/extension/schedule/switches.ts'),
      import('../../../src/extension/schedule/quietRuns.ts'),
    ]);
    const { world, files } = rig;
    const voice = englishVoice(() => world.now());
    const client = rig.service.client(name);
    const session = sessionOf(rig, client);
    const told: string[] = [];
    const tell = (what: string) => (record: RunRecord) => void told.push(`${what} ${record.spec.job}`);
    const screen = quietRuns({
      begin: () => ({ update: () => undefined, end: () => undefined }),
      tellDone: tell('done'),
      tellStopped: tell('stopped'),
      tellFailed: tell('failed'),
      tellClash: tell('clash'),
    });
    const log = logOf(rig.logged);
    const switches = new Switches(memory());
    if (on) await switches.setOn(FILE, true);
    const readSettings = () =>
      ({ transfer: 'auto', proof: undefined, keepSourceSnapshots: 1, limits: { calls: 4, bytes: 1 << 20 } }) as const;
    const owner = { id: `here/1/${name}`, isAlive: () => true };
    const fleet = new Fleet({ session, job: { world }, voice });
    const ownFleet: WindowOptions['chainFor'] = async ({ schedule, source, backup }) => fleet.find(schedule!.policy, source, backup)?.chain;
    const chainFor = options.chainFor ?? ownFleet;
    const runs = new Runs({ session, files, screen, log, voice, world: client.world, owner, readSettings, chainFor });
    const scheduler = new Scheduler({ fleet, runs, switches, world, log, changed: () => undefined });
    const window = new ScheduleWindow({ client, runs, fleet, switches, scheduler, told });
    await window.load(text);
    return window;
  }

  async load(text: string): Promise<void> {
    await this.fleet.load([{ uri: FILE, policy: parsed(text) }]);
    this.scheduler.replan();
  }

  /** Begins to work, until the rig is closed. */
  start(): void {
    void this.scheduler.run(this.closing.signal);
  }

  row(disk: string) {
    return [...this.fleet.rows()].find(({ chain }) => chain.source.endsWith(`/${disk}`))!;
  }

  standing(disk: string): string {
    return this.scheduler.standing(this.row(disk));
  }

  close(): void {
    this.closing.abort();
  }
}

export function sessionOf(rig: ScheduleRig, client: MemoryClient): PolicySession {
  return {
    pageBlob: async (url) => client.pageBlob(url),
    image: async (url) => client.pageBlob(url).image(),
    recordStoreFor: async (url, place) => client.recordStore(place === undefined ? `${url}.chain` : `${place}/own.chain`),
    surroundings: async (url) => client.surroundings(url),
    browse: () => Promise.reject(new Error('Nobody browses here.')),
    lister: async () => memoryLister(rig.service, { 'https://disks.example': ['vhds'], 'https://backups.example': ['backups'] }),
  };
}

/** Memory of one workspace. */
export function memory(): Memory {
  const kept = new Map<string, string>();
  return {
    get: (key) => JSON.parse(kept.get(key) ?? 'null') as never,
    update: async (key, value) => void kept.set(key, JSON.stringify(value)),
  };
}

export function logOf(logged: string[]) {
  const line = (level: string) => (text: string) => void logged.push(`${level} ${text}`);
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    show: () => undefined,
    dispose: () => undefined,
  };
}

import type { RunEvent } from '../../../src/engine/events.ts';
import type { PageBlob } from '../../../src/engine/pageBlob.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import { toolsFor, type JobOptions, type Tools } from '../../../src/engine/tools.ts';
import type { MemoryClient } from '../memory/memoryClient.ts';
import { MemoryService } from '../memory/memoryService.ts';
import type { Switches } from '../memory/switches.ts';
import { VirtualWorld } from '../memory/virtualWorld.ts';

export const DISK = 'https://disks.example/vhds/disk';
export const RECORDS = 'https://disks.example/vhds/disk.chain';

/** One page blob in memory, a process that works on it, and what that process says. */
export interface Stage {
  readonly world: VirtualWorld;
  readonly service: MemoryService;
  readonly client: MemoryClient;
  readonly blob: PageBlob;
  readonly tools: Tools;
  readonly heard: RunEvent[];
}

/** Calls take no time unless `switches.latency` says so, so that a test's clock moves only where the test moves it. */
export function stage(options: { pages?: number; seed?: number; switches?: Partial<Switches>; job?: Partial<JobOptions> } = {}): Stage {
  const world = new VirtualWorld({ seed: options.seed ?? 1 });
  const switches = { latency: { min: 0, max: 0 }, ...options.switches };
  const service = new MemoryService({ world, switches, containers: ['https://disks.example/vhds'] });
  service.foreign.createBlob(DISK, (options.pages ?? 8) * PAGE);
  const client = service.client('engine');
  const heard: RunEvent[] = [];
  const tools = toolsFor({ world, ...options.job }, (event) => void heard.push(event));
  return { world, service, client, blob: client.pageBlob(DISK), tools, heard };
}

/** Pages full of one byte. */
export function filled(value: number, pages = 1): Uint8Array {
  return new Uint8Array(pages * PAGE).fill(value);
}

/** The first byte of every page: enough for disks whose pages are full of one byte. */
export function firstBytes(service: MemoryService, url: string = DISK, snapshot?: string): number[] {
  return [...service.bytesOf(url, snapshot)].filter((_, at) => at % PAGE === 0);
}

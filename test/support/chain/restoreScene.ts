import { resultOf, type RunEvent } from '../../../src/engine/events.ts';
import {
  planRestoreToBlob,
  runRestoreToBlob,
  type RestoreResult,
  type RestoreToBlobRequest,
} from '../../../src/engine/jobs/restore/restoreToBlob.ts';
import { planRestoreToFile, runRestoreToFile, type RestoreToFileRequest } from '../../../src/engine/jobs/restore/restoreToFile.ts';
import { planRewind, runRewind, type RewindPlan, type RewindRequest, type RewindResult } from '../../../src/engine/jobs/restore/rewind.ts';
import type { JobOptions } from '../../../src/engine/tools.ts';
import { MemoryFileSystem } from '../files/memoryDisk.ts';
import type { Switches } from '../memory/switches.ts';
import { changeDisk, chainWithOnePoint } from './chainViews.ts';
import { BACKUP, CATALOGUE, SOURCE, type MemoryChain } from './memoryChain.ts';

export const TARGET = 'https://disks.example/vhds/restored.vhd';

/** One process's restore: what it asks for can be changed, and something may happen between its plan and its run. */
export interface Ask<Request> {
  readonly request?: Partial<Request>;
  readonly job?: Partial<JobOptions>;
  readonly between?: () => void | Promise<void>;
}

/** Two recovery points of a disk that has been changed since, and every way to restore one of them, each time by a process of its own. */
export interface RestoreScene {
  readonly chain: MemoryChain;
  readonly files: MemoryFileSystem;
  /** The backup snapshots of both points. */
  readonly points: readonly [string, string];
  /** The disk as it was when the scene began, by a snapshot that is not ours. */
  readonly before: string;
  toBlob(ask?: Ask<RestoreToBlobRequest>): Promise<RestoreResult>;
  toFile(ask?: Ask<RestoreToFileRequest>): Promise<RestoreResult>;
  inPlace(ask?: Ask<RewindRequest>): Promise<RewindResult>;
  planInPlace(request?: Partial<RewindRequest>): Promise<RewindPlan>;
}

/** The first point is 16 pages long and the second 20, and so is the disk; unless told, the first is restored. */
export async function restoreScene(options: { seed?: number; switches?: Partial<Switches> } = {}): Promise<RestoreScene> {
  const chain = await chainWithOnePoint(options);
  changeDisk(chain);
  await chain.backup({ transfer: 'relay' });
  chain.write(2, 90);
  chain.clear(9);
  chain.write(19, 91);
  const [one, two] = (await chain.entries()).map(({ backup }) => backup.snapshot);
  const before = chain.service.foreign.snapshot(SOURCE);
  const files = new MemoryFileSystem();
  let processes = 0;
  const ports = () => {
    const client = chain.service.client(`restore${processes++}`);
    const point = { backup: client.pageBlob(BACKUP), catalogue: client.recordStore(CATALOGUE), point: one! };
    return { client, point };
  };
  return {
    chain,
    files,
    points: [one!, two!],
    before,
    toBlob(ask = {}) {
      const { client, point } = ports();
      const job = { plan: planRestoreToBlob, run: runRestoreToBlob };
      return carryOut(job, { ...point, target: client.pageBlob(TARGET), ...ask.request }, { world: client.world, ...ask.job }, ask);
    },
    toFile(ask = {}) {
      const { client, point } = ports();
      const job = { plan: planRestoreToFile, run: runRestoreToFile };
      return carryOut(job, { ...point, target: files.open(), ...ask.request }, { world: client.world, ...ask.job }, ask);
    },
    inPlace(ask = {}) {
      const { client, point } = ports();
      const job = { plan: planRewind, run: runRewind };
      return carryOut(job, { ...point, disk: client.pageBlob(SOURCE), ...ask.request }, { world: client.world, ...ask.job }, ask);
    },
    planInPlace(request = {}) {
      const { client, point } = ports();
      return planRewind({ ...point, disk: client.pageBlob(SOURCE), ...request }, { world: client.world });
    },
  };
}

interface Job<Request, Plan, Result> {
  readonly plan: (request: Request, options: JobOptions) => Promise<Plan>;
  readonly run: (plan: Plan, request: Request, options: JobOptions) => AsyncIterable<RunEvent<Result>>;
}

async function carryOut<Request, Plan, Result>(
  { plan, run }: Job<Request, Plan, Result>,
  request: Request,
  options: JobOptions,
  { between }: Pick<Ask<never>, 'between'>,
): Promise<Result> {
  const planned = await plan(request, options);
  await between?.();
  return resultOf(run(planned, request, options));
}

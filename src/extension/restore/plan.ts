import type { RunEvent } from '../../engine/events.ts';
import type { PointRequest } from '../../engine/jobs/restore/point.ts';
import {
  planRestoreChain,
  runRestoreChain,
  type RestoreChainPlan,
  type RestoreChainResult,
} from '../../engine/jobs/restore/restoreChain.ts';
import {
  planRestoreToBlob,
  runRestoreToBlob,
  type RestoreResult,
  type RestoreToBlobPlan,
} from '../../engine/jobs/restore/restoreToBlob.ts';
import { planRestoreToFile, runRestoreToFile, type RestoreToFilePlan } from '../../engine/jobs/restore/restoreToFile.ts';
import { planRewind, runRewind, type RewindPlan, type RewindResult } from '../../engine/jobs/restore/rewind.ts';
import type { JobOptions } from '../../engine/tools.ts';
import { LocalDisk } from '../../files/localDisk.ts';
import type { RestoreSpec } from '../runs/run.ts';
import type { AzureSession } from '../session.ts';
import type { RunSettings } from '../settings.ts';

/** What the engine would do, whichever way the point goes. */
export type RestorePlan =
  | { readonly to: 'blob'; readonly plan: RestoreToBlobPlan }
  | { readonly to: 'chain'; readonly plan: RestoreChainPlan }
  | { readonly to: 'file'; readonly plan: RestoreToFilePlan }
  | { readonly to: 'disk'; readonly plan: RewindPlan };

/** A plan with what runs it. */
export interface PlannedRestore {
  readonly shown: RestorePlan;
  run(): AsyncIterable<RunEvent<RestoreResult | RestoreChainResult | RewindResult>>;
}

/** @throws what the engine's plans throw, and noSpace for a file that would not fit */
export async function planRestore(
  spec: RestoreSpec,
  { session, settings }: { readonly session: AzureSession; readonly settings: Pick<RunSettings, 'transfer' | 'proof'> },
  options: JobOptions,
): Promise<PlannedRestore> {
  const [backup, catalogue] = await Promise.all([session.pageBlob(spec.backup), session.recordStoreFor(spec.backup)]);
  const from: PointRequest = { backup, catalogue, point: spec.point, evenIfFailed: spec.evenIfFailed };
  const how = { transfer: settings.transfer, ...(settings.proof && { proof: settings.proof }) };
  switch (spec.job) {
    case 'restore': {
      const request = { ...from, ...how, target: await session.pageBlob(spec.target), tier: spec.tier };
      const plan = await planRestoreToBlob(request, options);
      return { shown: { to: 'blob', plan }, run: () => runRestoreToBlob(plan, request, options) };
    }
    case 'restoreChain': {
      const [target, newBackup, newCatalogue] = await Promise.all([
        session.pageBlob(spec.target),
        session.pageBlob(spec.newBackup),
        session.recordStoreFor(spec.newBackup),
      ]);
      const request = { ...from, ...how, target, tier: spec.tier, newBackup, newCatalogue };
      const plan = await planRestoreChain(request, options);
      return { shown: { to: 'chain', plan }, run: () => runRestoreChain(plan, request, options) };
    }
    case 'restoreFile': {
      const target = new LocalDisk(spec.path);
      const request = { ...from, target };
      const plan = await planRestoreToFile(request, options);
      await target.requireSpace(plan.estimate.written);
      return { shown: { to: 'file', plan }, run: () => runRestoreToFile(plan, request, options) };
    }
    case 'rewind': {
      const request = { ...from, ...how, disk: await session.pageBlob(spec.source) };
      const plan = await planRewind(request, options);
      return { shown: { to: 'disk', plan }, run: () => runRewind(plan, request, options) };
    }
  }
}

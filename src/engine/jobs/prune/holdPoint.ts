import { Catalogue } from '../../chain/catalogue.ts';
import { livingNumbers } from '../../chain/recordNames.ts';
import { BackupError } from '../../errors.ts';
import type { SnapshotId } from '../../pageBlob.ts';
import { timeText, toolsFor, type JobOptions } from '../../tools.ts';
import { prunedError } from '../points/pruned.ts';
import { findPoint, type PointRequest } from '../restore/point.ts';

export interface HoldResult {
  readonly job: 'hold';
  readonly number: number;
  readonly recoveryPoint: SnapshotId;
  readonly held: boolean;
  /** It was so before, and nothing was changed. */
  readonly already: boolean;
}

/**
 * Protects a recovery point: no prune deletes it until it is released. Hold and prune both write their record first and look for the other's then,
 * so that at least one of them gives way.
 * @throws notOurs, snapshotNotFound (also where a prune was first), integrity, access and service errors
 */
export async function holdPoint(request: PointRequest, options: JobOptions): Promise<HoldResult> {
  const tools = toolsFor(options);
  const { signal, world } = tools;
  const { number } = await findPoint({ ...request, evenIfFailed: true }, tools);
  const chain = new Catalogue(request.catalogue, tools.retrier);
  const result = { job: 'hold', number, recoveryPoint: request.point, held: true } as const;
  if ((await chain.index(signal)).held.has(number)) return { ...result, already: true };
  const id = world.uuid();
  const evidence = { format: 1, number, recoveryPoint: request.point, run: id, heldOn: timeText(world) };
  await chain.addNote(number, 'hold', id, evidence, signal);
  if (!(await chain.wasPruned(number, signal))) return { ...result, already: false };
  await chain.addNote(number, 'release', id, { format: 1, number, run: id, releasedOn: timeText(world) }, signal);
  throw prunedError(number);
}

/** Lets a prune have the point again. @throws notOurs, access and service errors */
export async function releasePoint({ backup, catalogue, point }: PointRequest, options: JobOptions): Promise<HoldResult> {
  const { retrier, signal, world } = toolsFor(options);
  const chain = new Catalogue(catalogue, retrier);
  const index = await chain.index(signal);
  const { entries } = await chain.readable(signal, livingNumbers(index));
  const entry = entries.find((each) => each.backup.snapshot === point);
  if (!entry) {
    throw new BackupError('notOurs', `${point} is not a recovery point of ${backup.url}.`, {
      unharmed: 'Nothing was changed.',
      hint: 'List the recovery points with "points" and name one of them.',
    });
  }
  const { number } = entry;
  const ids = index.held.get(number) ?? [];
  for (const id of ids) {
    await chain.addNote(number, 'release', id, { format: 1, number, run: id, releasedOn: timeText(world) }, signal);
  }
  return { job: 'hold', number, recoveryPoint: point, held: false, already: ids.length === 0 };
}

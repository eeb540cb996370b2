import type { CatalogueEntry } from '../../chain/entry.ts';
import { KEY } from '../../chain/metadata.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import { discard } from '../../hold/discard.ts';
import { takeHold, type Hold } from '../../hold/hold.ts';
import { whilePausing } from '../../hold/whilePausing.ts';
import type { BlobProperties, PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { Proof, ProofLevel } from '../../proof/proof.ts';
import { requireRoom } from '../../premiumTiers.ts';
import { timeText, toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import type { Transfer, TransferChoice } from '../../transfer/pageMover.ts';
import { countWork, fullWork } from '../backup/work.ts';
import { estimateOf, type Estimate } from '../estimate.ts';
import { makeEqual } from './makeEqual.ts';
import { findPoint, type PointRequest } from './point.ts';

/** A restore of one recovery point to a blob that does not exist yet. */
export interface RestoreToBlobRequest extends PointRequest {
  readonly target: PageBlob;
  readonly transfer?: TransferChoice;
  readonly proof?: ProofLevel;
  readonly tier?: string | undefined;
}

export interface RestoreToBlobPlan {
  readonly job: 'restore';
  readonly number: number;
  readonly point: SnapshotId;
  readonly target: string;
  /** Bytes of the disk. */
  readonly length: number;
  readonly resumes: boolean;
  readonly estimate: Estimate;
  readonly warnings: readonly string[];
}

export interface RestoreResult {
  readonly job: 'restore';
  readonly number: number;
  readonly recoveryPoint: SnapshotId;
  readonly target: string;
  readonly length: number;
  readonly written: number;
  readonly transferred: number;
  readonly transfer: Transfer;
  readonly proof: Proof;
}

/** @throws notOurs, snapshotNotFound, integrity, alreadyExists (the target is there and is not an unfinished restore of this point) */
export async function planRestoreToBlob(request: RestoreToBlobRequest, options: JobOptions): Promise<RestoreToBlobPlan> {
  const tools = toolsFor(options);
  const { retrier, signal } = tools;
  const entry = await findPoint(request, tools);
  const image = request.backup.image(request.point);
  let resumes = false;
  try {
    refuseForeignTarget(await retrier.repeat('properties', () => request.target.image().properties({ signal }), signal), request, entry);
    resumes = true;
  } catch (error) {
    if (!isBackupError(error, 'blobNotFound')) throw error;
  }
  const { length } = entry.source;
  requireRoom(request.tier, length, request.target.url);
  const work = fullWork({ original: image, target: undefined, within: { start: 0, end: length } }, tools);
  const estimate = estimateOf(await countWork(work));
  return {
    job: 'restore',
    number: entry.number,
    point: request.point,
    target: request.target.url,
    length,
    resumes,
    estimate,
    warnings: [],
  };
}

/**
 * Makes the target: it is marked partial until a snapshot of it has been proven equal to the recovery point, so that half a disk is never taken for
 * a whole one. Stopped or cut off, the same request goes on from there.
 */
export function runRestoreToBlob(
  plan: RestoreToBlobPlan,
  request: RestoreToBlobRequest,
  options: JobOptions,
): AsyncIterable<RunEvent<RestoreResult>> {
  return runEvents((emit) => restoreJob(plan, request, options, emit));
}

async function restoreJob(plan: RestoreToBlobPlan, request: RestoreToBlobRequest, options: JobOptions, emit: Emit): Promise<RestoreResult> {
  const tools = toolsFor(options, emit);
  const { backup, target, point, transfer = 'auto' } = request;
  const { length } = plan;
  emit({ type: 'phase', phase: 'preparing', text: `Restoring recovery point ${plan.number} to ${target.url}.` });
  // What was planned may be gone, or found wrong, meanwhile: then nothing is made.
  await findPoint(request, tools);

  const original = backup.image(point);
  const hold = await holdTarget(request, length, tools);
  return whilePausing(hold, async () => {
    const held = plan.estimate.written;
    const copied = await makeEqual({ original, length, number: plan.number, held, transfer, proof: request.proof }, hold, tools);

    emit({ type: 'phase', phase: 'cleaning', text: 'Marking the disk as complete.' });
    await hold.journal.close({ [KEY.restore]: 'complete', [KEY.restoredOn]: timeText(tools.world) });
    await discard(target, [...copied.wrong, copied.snapshot], undefined, tools);
    return {
      job: 'restore',
      number: plan.number,
      recoveryPoint: point,
      target: target.url,
      length,
      written: copied.written,
      transferred: copied.transferred,
      transfer: copied.transfer,
      proof: copied.proof,
    };
  });
}

/** The target, made where there is none, and marked as partial. An interrupted restore of the same point is gone on with. @throws alreadyExists, busy */
export async function holdTarget(request: RestoreToBlobRequest, length: number, tools: Tools): Promise<Hold> {
  const { label } = request.backup.image(request.point);
  return takeHold(
    request.target,
    {
      kind: 'restore',
      source: label,
      parent: 0,
      length,
      tier: request.tier,
      metadata: { [KEY.restore]: 'partial', [KEY.restoredFrom]: label },
      refuse: (properties) => refuseForeignTarget(properties, request),
    },
    tools,
  );
}

/** @throws alreadyExists: an existing target may be written only when it is an unfinished restore of the same point */
export function refuseForeignTarget(
  { metadata, lease }: BlobProperties,
  { target, backup, point }: RestoreToBlobRequest,
  entry?: CatalogueEntry,
): void {
  const ours = metadata[KEY.restore] === 'partial' && metadata[KEY.restoredFrom] === backup.image(point).label;
  if (ours) return;
  const held = lease === 'leased' ? ' and is leased' : '';
  const isHalf = metadata[KEY.restore] === 'partial';
  const inPlace = entry?.source.url === target.url ? ' To take the disk itself back to this point, add --in-place.' : '';
  throw new BackupError('alreadyExists', `${target.url} exists already${held}.`, {
    unharmed: 'Nothing was changed: a restore never writes over a blob.',
    hint: isHalf
      ? `It is half of a restore of ${metadata[KEY.restoredFrom]}: run that one again, delete the blob, or name one that does not exist.`
      : `Name a blob that does not exist.${inPlace}`,
  });
}

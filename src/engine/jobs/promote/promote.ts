import { findMarkedSnapshot, takeMarkedSnapshot } from '../../chain/markedSnapshot.ts';
import { KEY, without } from '../../chain/metadata.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import type { BlobImage, BlobProperties, CopyState, Metadata, PageBlob, SnapshotId } from '../../pageBlob.ts';
import { beginProof, findFaults } from '../../proof/findFaults.ts';
import { sampleShare, type Proof, type ProofLevel } from '../../proof/proof.ts';
import { bytesOf } from '../../ranges/rangeSet.ts';
import { constantWindows } from '../../ranges/rangeWindow.ts';
import { timeText, toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import { startServiceCopy, untilEnded } from '../copy/serviceCopy.ts';
import { refusePromotion } from './refusals.ts';
import { safetyMark } from './safetyMark.ts';

/** Makes a blob what one of its snapshots is: the service copies the snapshot over the blob as a whole (REST: Copy Blob). */
export interface PromoteRequest {
  readonly blob: PageBlob;
  readonly snapshot: SnapshotId;
  /** How much of the blob is compared with the snapshot afterwards; default `sample`. */
  readonly proof?: ProofLevel | undefined;
  /**
   * Names this promotion through all its tries: a copy that the service has ended while nobody looked is then known for its own, and neither made
   * again nor is what it made taken for the blob of before. Without it only a copy that is still under way is.
   */
  readonly promotion?: string | undefined;
}

export interface PromotePlan {
  readonly job: 'promote';
  readonly blob: string;
  readonly snapshot: SnapshotId;
  /** Bytes of the snapshot, and of the blob as it is now. */
  readonly length: number;
  readonly lengthNow: number;
  /** The copy is under way, or ended with the blob empty. */
  readonly resumes: boolean;
  readonly warnings: readonly string[];
}

export interface PromoteResult {
  readonly job: 'promote';
  readonly blob: string;
  readonly snapshot: SnapshotId;
  /** The blob as it was before; it stays until somebody deletes it. Undefined where an earlier try took it and nobody knows which it is. */
  readonly safetySnapshot: SnapshotId | undefined;
  readonly length: number;
  readonly proof: Proof;
}

const CHAIN_RESTARTS =
  'The blob is replaced as a whole, so the service knows no difference between its earlier snapshots and what comes: the next backup of this disk, or to this backup blob, has to compare the whole disk.';

/** @throws blobNotFound, snapshotNotFound, leaseHeld, copyPending, busy (a run of this tool is open on the blob) */
export async function planPromote(request: PromoteRequest, options: JobOptions): Promise<PromotePlan> {
  const { retrier, signal } = toolsFor(options);
  const { blob, snapshot } = request;
  const image = blob.image(snapshot);
  const now = await retrier.repeat('properties', () => blob.image().properties({ signal }), signal);
  refusePromotion(now, image, blob);
  const length = await retrier.repeat('properties', () => image.length({ signal }), signal);
  return {
    job: 'promote',
    blob: blob.url,
    snapshot,
    length,
    lengthNow: now.length,
    resumes: isDone(now, request) || (isOurCopy(now, image) && now.copy?.status !== 'success'),
    warnings: ['The blob is overwritten. A snapshot of it as it is now is taken first and stays.', CHAIN_RESTARTS],
  };
}

/**
 * Safety snapshot → Copy Blob on condition that nobody changed the blob since → comparison. Stopped, it leaves the service to finish the copy, since
 * an aborted one would leave the blob empty; the same request then follows it.
 */
export function runPromote(plan: PromotePlan, request: PromoteRequest, options: JobOptions): AsyncIterable<RunEvent<PromoteResult>> {
  return runEvents((emit) => promoteJob(plan, request, options, emit));
}

async function promoteJob(plan: PromotePlan, request: PromoteRequest, options: JobOptions, emit: Emit): Promise<PromoteResult> {
  const tools = toolsFor(options, emit);
  const { retrier, signal } = tools;
  const { blob, snapshot } = request;
  const image = blob.image(snapshot);
  for (const text of plan.warnings) emit({ type: 'warning', code: 'plan', text });
  emit({ type: 'phase', phase: 'preparing', text: `Making ${blob.url} what its snapshot ${snapshot} is.` });

  const now = await retrier.repeat('properties', () => blob.image().properties({ signal }), signal);
  refusePromotion(now, image, blob);
  let safety: SnapshotId | undefined = now.metadata[KEY.safety];
  let state: CopyState;
  if (now.copy && (isDone(now, request) || (isOurCopy(now, image) && now.copy.status === 'pending'))) state = now.copy;
  else {
    // After a copy that failed the blob is empty: there is nothing to save, and the snapshot of before is named on it.
    const isEmptied = isOurCopy(now, image) && now.length === 0;
    if (!isEmptied) safety = await safetySnapshot(blob, now, tools);
    emit({ type: 'note', text: before(safety) });
    const metadata = marks(now.metadata, image, safety, request.promotion, tools);
    emit({ type: 'phase', phase: 'copying', text: 'The service copies the snapshot over the blob; no byte passes through this machine.' });
    state = await startServiceCopy(image, blob, metadata, { replacing: now.etag }, tools).catch((error: unknown) => {
      throw isBackupError(error, 'conditionNotMet', 'alreadyExists') ? changedMeanwhile(blob, safety, error) : error;
    });
  }
  state = await untilEnded(blob, state, tools);
  if (state.status !== 'success') throw copyFailed(blob, state, safety);

  emit({ type: 'phase', phase: 'proving', text: 'Comparing the blob with the snapshot.' });
  const proof = await compare(plan, request, image, safety, tools);
  return { job: 'promote', blob: blob.url, snapshot, safetySnapshot: safety, length: plan.length, proof };
}

/** Taken once for one state of the blob, which its ETag names: after an interruption it is found again. */
async function safetySnapshot(blob: PageBlob, { etag, metadata }: BlobProperties, { retrier, signal }: Tools): Promise<SnapshotId> {
  const mark = safetyMark(etag);
  return (
    (await findMarkedSnapshot(blob, mark, retrier, signal)) ??
    (await takeMarkedSnapshot(blob, mark, without(metadata, KEY.attempt), {}, { retrier, signal }))
  );
}

/** The blob's own marks stay; what is added says where its pages come from. */
function marks(own: Metadata, image: BlobImage, safety: SnapshotId | undefined, promotion: string | undefined, { world }: Tools): Metadata {
  const added = {
    [KEY.restoredFrom]: image.label,
    [KEY.restoredOn]: timeText(world),
    ...(safety !== undefined && { [KEY.safety]: safety }),
    ...(promotion !== undefined && { [KEY.promotion]: promotion }),
  };
  return { ...without(own, KEY.attempt, KEY.openRun, KEY.promotion, KEY.restore), ...added };
}

function isOurCopy({ metadata, copy }: BlobProperties, image: BlobImage): boolean {
  return copy !== undefined && metadata[KEY.restoredFrom] === image.label;
}

/** The service has ended the copy of this very promotion. */
function isDone({ metadata, copy }: BlobProperties, { blob, snapshot, promotion }: PromoteRequest): boolean {
  if (promotion === undefined || metadata[KEY.promotion] !== promotion || copy?.status !== 'success') return false;
  return metadata[KEY.restoredFrom] === blob.image(snapshot).label;
}

async function compare(
  { length }: PromotePlan,
  { blob, proof: level = 'sample' }: PromoteRequest,
  original: BlobImage,
  safety: SnapshotId | undefined,
  { retrier, limits, signal, world, emit }: Tools,
): Promise<Proof> {
  const proof = beginProof(level);
  const changes = (within: { start: number; end: number }) => constantWindows(within, 'every page');
  let compared = 0;
  const options = {
    level,
    stripe: 0,
    share: sampleShare(length),
    random: () => world.random(),
    retrier,
    limits,
    signal,
    onCompared: (bytes: number) => {
      compared += bytes;
      emit({ type: 'progress', phase: 'proving', done: compared, total: 0 });
    },
  };
  let differing = 0;
  const lengthNow = await retrier.repeat('properties', () => blob.image().length({ signal }), signal);
  if (lengthNow !== length) differing = Math.abs(lengthNow - length);
  else
    for await (const { write, clear } of findFaults(
      { original, copy: blob.image(), length, changes, touched: undefined },
      proof,
      options,
    )) {
      differing += bytesOf(write) + bytesOf(clear);
    }
  if (differing === 0) return proof;
  throw new BackupError(
    'integrity',
    `${blob.url} differs from the snapshot in ${differing} bytes: it was written meanwhile, or copied wrong.`,
    {
      unharmed: before(safety),
      hint: 'If a VM has written to the disk since, that is why. Otherwise promote again.',
    },
  );
}

function copyFailed(blob: PageBlob, { status, description }: CopyState, safety: SnapshotId | undefined): BackupError {
  return new BackupError(
    'copyFailed',
    `The service ended the copy: ${status}${description ? ` (${description})` : ''}. ${blob.url} is empty now.`,
    {
      unharmed: before(safety),
      hint: 'Promote again: it goes on from here.',
    },
  );
}

/** Another promotion may have been quicker: then the snapshot, which is taken once for one state of the blob, is what it names, too. */
function changedMeanwhile(blob: PageBlob, safety: SnapshotId | undefined, cause: unknown): BackupError {
  return new BackupError('conditionNotMet', `${blob.url} was changed by somebody else meanwhile, so nothing was copied over it.`, {
    unharmed: before(safety),
    hint: 'Look at what is there now, and stop what writes to it; then promote again.',
    cause,
  });
}

function before(safety: SnapshotId | undefined): string {
  return safety === undefined ? 'Its snapshots are as they were.' : `The blob as it was before is its snapshot ${safety}.`;
}

import { Catalogue } from '../../chain/catalogue.ts';
import { markCommittedWrong } from '../../chain/committedWrong.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { KEY, without } from '../../chain/metadata.ts';
import { readOpenRun, type OpenRun } from '../../chain/openRun.ts';
import { isBackupError } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import { discard } from '../../hold/discard.ts';
import { takeHold, type Hold } from '../../hold/hold.ts';
import { pause, whilePausing } from '../../hold/whilePausing.ts';
import type { BlobProperties, Metadata, PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { Proof } from '../../proof/proof.ts';
import type { RecordStore } from '../../recordStore.ts';
import { requireRoom } from '../../premiumTiers.ts';
import { timeText, toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import type { Transfer } from '../../transfer/pageMover.ts';
import { refuse } from '../backup/refusals.ts';
import { countWork, fullWork } from '../backup/work.ts';
import { estimateOf, type Estimate } from '../estimate.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';
import { makeEqual, type EqualCopy, type ProvenCopy } from './makeEqual.ts';
import { firstPoint, lesserProof } from './newChain.ts';
import type { PlanStep } from './planStep.ts';
import { findPoint } from './point.ts';
import { promoteAndHold, refuseForeignBackup } from './promotion.ts';
import { holdTarget, refuseForeignTarget, type RestoreToBlobRequest } from './restoreToBlob.ts';

/**
 * A restore after which backups go on: the recovery point is promoted to a backup blob of its own, copied to the new disk, and both are recorded as
 * the first recovery point of a chain, so that the next backup of the disk is incremental.
 */
export interface RestoreChainRequest extends RestoreToBlobRequest {
  /** The blob that the point is promoted to, in the backup account; must not exist. */
  readonly newBackup: PageBlob;
  readonly newCatalogue: RecordStore;
}

export interface RestoreChainPlan {
  readonly job: 'restoreChain';
  readonly number: number;
  readonly point: SnapshotId;
  readonly target: string;
  readonly newBackup: string;
  /** Bytes of the disk. */
  readonly length: number;
  readonly resumes: boolean;
  /** The pages of the point: they are copied to the target, and to the new backup blob where the service does not copy by itself. */
  readonly estimate: Estimate;
  readonly steps: readonly PlanStep[];
  readonly warnings: readonly string[];
}

export interface RestoreChainResult {
  readonly job: 'restoreChain';
  readonly number: number;
  readonly recoveryPoint: SnapshotId;
  readonly target: string;
  /** The snapshot of the new disk that the new chain's first point equals. */
  readonly diskSnapshot: SnapshotId;
  readonly newBackup: string;
  /** The first recovery point of the new chain. */
  readonly newPoint: SnapshotId;
  readonly length: number;
  readonly written: number;
  readonly transferred: number;
  readonly transfer: Transfer;
  readonly proof: Proof;
}

/**
 * Looks at the point and both blobs and says what a run will do, step by step. Changes nothing.
 * @throws notOurs, snapshotNotFound, integrity, sameBlob, alreadyExists (target or new backup blob is there and is not of this restore)
 */
export async function planRestoreChain(request: RestoreChainRequest, options: JobOptions): Promise<RestoreChainPlan> {
  const tools = toolsFor(options);
  const { retrier, signal } = tools;
  const { backup, target, newBackup, point } = request;
  if (target.url === newBackup.url || newBackup.url === backup.url || target.url === backup.url) throw refuse.sameBlob(target.url);
  const entry = await findPoint(request, tools);
  const image = backup.image(point);
  const [targetNow, backupNow] = await Promise.all(
    [target, newBackup].map((blob) => retrier.repeat('properties', () => propertiesIfThere(blob, signal), signal)),
  );
  const recorded = await firstPoint(new Catalogue(request.newCatalogue, retrier), target.url, newBackup.url, tools);
  if (backupNow) refuseForeignBackup(backupNow, newBackup, image);
  if (targetNow && !(recorded && isUnsettled(backupNow))) refuseForeignTarget(targetNow, request, entry);

  const { length } = entry.source;
  requireRoom(request.tier, length, target.url);
  const work = fullWork({ original: image, target: undefined, within: { start: 0, end: length } }, tools);
  const estimate = estimateOf(await countWork(work));
  const step = { estimate: undefined, by: undefined, skipped: undefined };
  const done = (isDone: boolean) => (isDone ? { skipped: 'This was done before the restore was interrupted.' } : {});
  const steps: PlanStep[] = [
    { ...step, step: 'promote', target: newBackup.url, by: 'serviceCopy', estimate, ...done(backupNow?.copy?.status === 'success') },
    { ...step, step: 'snapshotBackup', target: newBackup.url, ...done(recorded !== undefined) },
    { ...step, step: 'copy', target: target.url, by: 'pages', estimate, ...done(recorded !== undefined) },
    { ...step, step: 'snapshotDisk', target: target.url, ...done(recorded !== undefined) },
    { ...step, step: 'record', target: newBackup.url, ...done(recorded !== undefined) },
  ];
  return {
    job: 'restoreChain',
    number: entry.number,
    point,
    target: target.url,
    newBackup: newBackup.url,
    length,
    resumes: targetNow !== undefined || backupNow !== undefined,
    estimate,
    steps,
    warnings: [],
  };
}

/**
 * Promotes the point, copies it to the target, proves a snapshot of either against the point, and records both as the first point of a chain. The
 * target is marked partial until then. Stopped or cut off, the same request goes on from there.
 */
export function runRestoreChain(
  plan: RestoreChainPlan,
  request: RestoreChainRequest,
  options: JobOptions,
): AsyncIterable<RunEvent<RestoreChainResult>> {
  return runEvents((emit) => restoreJob(plan, request, options, emit));
}

async function restoreJob(
  plan: RestoreChainPlan,
  request: RestoreChainRequest,
  options: JobOptions,
  emit: Emit,
): Promise<RestoreChainResult> {
  const tools = toolsFor(options, emit);
  const { retrier, signal } = tools;
  const { backup, target, newBackup, point } = request;
  const text = `Restoring recovery point ${plan.number} to ${target.url}, and beginning a chain for it in ${newBackup.url}.`;
  emit({ type: 'phase', phase: 'preparing', text });
  const original = backup.image(point);
  const catalogue = new Catalogue(request.newCatalogue, retrier);
  const recorded = await firstPoint(catalogue, target.url, newBackup.url, tools);
  if (recorded)
    return await settle({ plan, request, entry: recorded, transferred: recorded.transferred, extraBackup: [], extraDisk: [] }, tools);
  await findPoint(request, tools);

  const there = await retrier.repeat('properties', () => propertiesIfThere(newBackup, signal), signal);
  const chain = there?.metadata[KEY.chain] ?? tools.world.uuid();
  const header = { chain, source: target.url, backup: newBackup.url, startedOn: timeText(tools.world) };
  await catalogue.begin(header, signal).catch((error: unknown) => {
    throw isBackupError(error, 'notSupported') ? refuse.noCatalogueThere(error) : error;
  });

  const { transfer = 'auto', proof } = request;
  const copy: EqualCopy = { original, length: plan.length, number: plan.number, held: plan.estimate.written, transfer, proof };
  const promoted = await promoteAndHold({ point: original, length: plan.length, newBackup, chain }, tools);
  const record = promoted.hold.journal.record;
  // Paused, not closed, in either case: what was proven is found again by its mark, and the blob is settled when the point is recorded.
  const base = await whilePausing(promoted.hold, () => makeEqual({ ...copy, isCopied: promoted.isCopied }, promoted.hold, tools));
  await pause(promoted.hold);

  const hold = await holdTarget(request, plan.length, tools);
  const disk = await whilePausing(hold, () => makeEqual({ ...copy, marks: (own) => diskMarks(own, newBackup) }, hold, tools));
  return await whilePausing(hold, async () => {
    emit({ type: 'phase', phase: 'committing', text: 'Recording the first recovery point of the chain.' });
    await hold.guard.keep(signal);
    const { createdOn } = await retrier.repeat('properties', () => target.image().properties({ signal }), signal);
    const entry = await catalogue.commit(entryOf(request, plan, { chain, record, createdOn, base, disk }, tools), signal);
    if (base.wrong.includes(entry.backup.snapshot) || disk.wrong.includes(entry.source.snapshot)) {
      await markCommittedWrong(catalogue, entry, tools);
      throw refuse.superseded(1);
    }
    return await settle(
      {
        plan,
        request,
        entry,
        transferred: base.transferred + disk.transferred,
        extraBackup: [...base.wrong, base.snapshot].filter((id) => id !== entry.backup.snapshot),
        extraDisk: [...disk.wrong, disk.snapshot].filter((id) => id !== entry.source.snapshot),
        hold,
      },
      tools,
    );
  });
}

/** The disk's snapshot is whole, whatever the blob still says, and names the chain that it belongs to. */
function diskMarks(own: Metadata, newBackup: PageBlob): Metadata {
  return { ...without(own, KEY.restore), [KEY.backup]: newBackup.url };
}

interface FirstPointParts {
  readonly chain: string;
  readonly record: OpenRun;
  readonly createdOn: string | undefined;
  readonly base: ProvenCopy;
  readonly disk: ProvenCopy;
}

function entryOf(
  { target, newBackup }: RestoreChainRequest,
  { length, estimate }: RestoreChainPlan,
  { chain, record, createdOn, base, disk }: FirstPointParts,
  { world }: Tools,
): CatalogueEntry {
  return {
    format: 1,
    number: 1,
    kind: 'full',
    parent: null,
    chain,
    run: record.run,
    backup: { url: newBackup.url, snapshot: base.snapshot },
    source: { url: target.url, snapshot: disk.snapshot, createdOn: createdOn ?? null, length },
    written: estimate.written,
    cleared: 0,
    transferred: base.transferred + disk.transferred,
    transfer: disk.transfer,
    startedOn: record.startedOn,
    committedOn: timeText(world),
    proof: lesserProof(base.proof, disk.proof),
  };
}

interface Recorded {
  readonly plan: RestoreChainPlan;
  readonly request: RestoreChainRequest;
  readonly entry: CatalogueEntry;
  readonly transferred: number;
  /** Snapshots that this restore has taken and the entry does not name. */
  readonly extraBackup: readonly SnapshotId[];
  readonly extraDisk: readonly SnapshotId[];
  /** The target, where this run holds it. */
  readonly hold?: Hold;
}

/** The chain is recorded: takes the marks of the unfinished restore off both blobs. From here on nothing turns the run into a failure. */
async function settle(
  { plan, request, entry, transferred, extraBackup, extraDisk, hold }: Recorded,
  tools: Tools,
): Promise<RestoreChainResult> {
  const { target, newBackup } = request;
  const afterwards = { ...tools, signal: undefined };
  tools.emit({ type: 'phase', phase: 'cleaning', text: 'Marking the disk as complete.' });
  const steps = [
    async () => {
      const held = hold ?? (await holdAgain(target, request, plan.length, afterwards));
      await held?.journal.close({ [KEY.restore]: 'complete', [KEY.restoredOn]: timeText(tools.world) });
      await discard(target, extraDisk, undefined, afterwards);
    },
    async () => {
      await (await holdBackupAgain(request, plan.length, afterwards))?.journal.close();
      await discard(newBackup, extraBackup, undefined, afterwards);
    },
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      if (!isBackupError(error)) throw error;
      const text = `The disk is restored and its chain is recorded, but not all was tidied up: ${error.message} Run the same restore again to finish.`;
      tools.emit({ type: 'warning', code: 'notTidied', text });
    }
  }
  return {
    job: 'restoreChain',
    number: plan.number,
    recoveryPoint: plan.point,
    target: target.url,
    diskSnapshot: entry.source.snapshot,
    newBackup: newBackup.url,
    newPoint: entry.backup.snapshot,
    length: plan.length,
    written: entry.written,
    transferred,
    transfer: entry.transfer,
    proof: entry.proof,
  };
}

async function holdAgain(target: PageBlob, request: RestoreChainRequest, length: number, tools: Tools): Promise<Hold | undefined> {
  const now = await tools.retrier.repeat('properties', () => propertiesIfThere(target, undefined));
  return now?.metadata[KEY.restore] === 'partial' ? holdTarget(request, length, tools) : undefined;
}

async function holdBackupAgain({ newBackup, backup, point }: RestoreChainRequest, length: number, tools: Tools): Promise<Hold | undefined> {
  const now = await tools.retrier.repeat('properties', () => propertiesIfThere(newBackup, undefined));
  if (!isUnsettled(now)) return undefined;
  return takeHold(
    newBackup,
    { kind: 'promote', source: backup.image(point).label, parent: 0, length, mustExist: true, metadata: {} },
    tools,
  );
}

/** The restore's own record is still on the blob. */
function isUnsettled(blob: BlobProperties | undefined): boolean {
  return blob !== undefined && readOpenRun(blob.metadata)?.kind === 'promote';
}

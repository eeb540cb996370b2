import { givesHonestDifferences, isDifferenceRefusal } from '../../chain/canary.ts';
import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { hasRoom, KEY, without } from '../../chain/metadata.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import { discard } from '../../hold/discard.ts';
import { takeHold, type Hold } from '../../hold/hold.ts';
import type { BlobImage, BlobProperties, Metadata, PageBlob, SnapshotId } from '../../pageBlob.ts';
import { fittingTier, isTooSmall } from '../../premiumTiers.ts';
import type { PageRange } from '../../ranges/pageRange.ts';
import { provenSnapshot } from '../../proof/provenSnapshot.ts';
import type { Proof, ProofLevel } from '../../proof/proof.ts';
import { sizeText } from '../../sizeText.ts';
import { timeText, toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import { applyPages } from '../../transfer/applyPages.ts';
import { PageMover, type Transfer, type TransferChoice } from '../../transfer/pageMover.ts';
import { countWork, fullWork, rebaseWork } from '../backup/work.ts';
import { estimateOf, type Estimate } from '../estimate.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';
import { findPoint, type PointRequest } from './point.ts';
import { reversedChanges, rewindWork, type Reversal } from './rewindWork.ts';
import { safetySnapshot } from './safetySnapshot.ts';

/** Characters of an open-run record beside the source that it names: ids, times, and snapshots that were found wrong. */
const MOST_RECORD = 1024;

/** Takes a disk back to a recovery point in place: writes back only what differs, so that the blob keeps its identity and its chain. */
export interface RewindRequest extends PointRequest {
  /** The source blob of the chain, detached. */
  readonly disk: PageBlob;
  readonly transfer?: TransferChoice;
  readonly proof?: ProofLevel;
}

export interface RewindPlan {
  readonly job: 'rewind';
  readonly number: number;
  readonly point: SnapshotId;
  readonly disk: string;
  readonly length: number;
  readonly lengthNow: number;
  /** `difference`: the services' own differences tell the pages. `compare`: the whole disk is read. */
  readonly by: 'difference' | 'compare';
  readonly reason: string;
  /** From the disk as it is now; undefined where the whole disk has to be read first. */
  readonly estimate: Estimate | undefined;
  readonly resumes: boolean;
  readonly warnings: readonly string[];
}

export interface RewindResult {
  readonly job: 'rewind';
  readonly number: number;
  readonly recoveryPoint: SnapshotId;
  readonly disk: string;
  /** The disk as it was before; it stays until somebody deletes it. */
  readonly safetySnapshot: SnapshotId;
  readonly length: number;
  readonly written: number;
  readonly cleared: number;
  readonly transferred: number;
  readonly transfer: Transfer;
  readonly proof: Proof;
}

/** @throws notOurs, snapshotNotFound, integrity, otherSource, leaseHeld (attached to a VM), blobNotFound */
export async function planRewind(request: RewindRequest, options: JobOptions): Promise<RewindPlan> {
  const tools = toolsFor(options);
  const { retrier, signal } = tools;
  const entry = await findPoint(request, tools);
  const now = await retrier.repeat('properties', () => propertiesIfThere(request.disk, signal), signal);
  if (!now) throw noDisk(request.disk.url);
  refuseStranger(now, entry, request);
  const ways = await reversalFor(request, entry, request.disk.image(), now.length, tools);
  const { length } = entry.source;
  const within = { start: 0, end: length };
  const base = {
    job: 'rewind',
    number: entry.number,
    point: request.point,
    disk: request.disk.url,
    length,
    lengthNow: now.length,
  } as const;
  const { label } = request.backup.image(request.point);
  const resumes = now.metadata[KEY.restore] === 'partial' && now.metadata[KEY.restoredFrom] === label;
  const warnings = warningsOf(now, length, label);
  if ('refused' in ways) return { ...base, by: 'compare', reason: ways.refused, estimate: undefined, resumes, warnings };
  const reason = `What changed since recovery point ${entry.number} is written back; nothing else is touched.`;
  try {
    const estimate = estimateOf(await countWork(rewindWork(ways, within, tools)));
    return { ...base, by: 'difference', reason, estimate, resumes, warnings };
  } catch (error) {
    if (!isDifferenceRefusal(error)) throw error;
    return { ...base, by: 'compare', reason: refusedText(error as BackupError), estimate: undefined, resumes, warnings };
  }
}

/**
 * Runs a rewind: safety snapshot → pages → proof of a snapshot of the result. While it runs the blob is marked partial; stopped or cut off, the same
 * request goes on from there.
 */
export function runRewind(plan: RewindPlan, request: RewindRequest, options: JobOptions): AsyncIterable<RunEvent<RewindResult>> {
  return runEvents((emit) => rewindJob(plan, request, options, emit));
}

async function rewindJob(plan: RewindPlan, request: RewindRequest, options: JobOptions, emit: Emit): Promise<RewindResult> {
  const tools = toolsFor(options, emit);
  const { world } = tools;
  for (const text of plan.warnings) emit({ type: 'warning', code: 'plan', text });
  emit({ type: 'phase', phase: 'preparing', text: plan.reason });
  const entry = await findPoint(request, tools);
  const point = request.backup.image(request.point);
  let before: Metadata = {};
  const hold = await takeHold(
    request.disk,
    {
      kind: 'rewind',
      source: point.label,
      parent: 0,
      length: entry.source.length,
      mustExist: true,
      metadata: { [KEY.restore]: 'partial', [KEY.restoredFrom]: point.label },
      refuse: (properties) => {
        refuseStranger(properties, entry, request);
        before = properties.metadata;
      },
    },
    tools,
  );
  let safety: SnapshotId | undefined;
  try {
    safety = await safetySnapshot(hold, before, tools);
    const isResumed = before[KEY.restore] === 'partial';
    const { result, unneeded } = await writeBack(plan, request, entry, { hold, safety, isResumed }, tools);
    await hold.journal.close({ [KEY.restore]: 'complete', [KEY.restoredOn]: timeText(world) });
    await discard(request.disk, unneeded, undefined, tools);
    return result;
  } catch (error) {
    const isUntouched = safety === undefined && before[KEY.restore] !== 'partial';
    await (isUntouched ? letGo(hold, before) : hold.journal.pause()).catch((reason: unknown) => {
      if (!isBackupError(reason)) throw reason;
    });
    throw error;
  }
}

/** Nothing was written, so the disk is not half of anything, and backups of it need not wait for the end of this rewind. */
async function letGo({ guard }: Hold, metadata: Metadata): Promise<void> {
  await guard.blob.setMetadata(metadata, { fence: { leaseId: guard.leaseId } });
  await guard.release();
}

interface HeldDisk {
  readonly hold: Hold;
  readonly safety: SnapshotId;
  /** An interrupted run, perhaps to another point, may have written to the disk since the safety snapshot. */
  readonly isResumed: boolean;
}

async function writeBack(
  plan: RewindPlan,
  request: RewindRequest,
  entry: CatalogueEntry,
  { hold, safety, isResumed }: HeldDisk,
  tools: Tools,
): Promise<{ result: RewindResult; unneeded: SnapshotId[] }> {
  const { retrier, emit, limits, signal } = tools;
  const { guard, journal } = hold;
  const { disk } = request;
  const { length } = entry.source;
  const point = request.backup.image(request.point);
  const before = disk.image(safety);
  const lengthBefore = await retrier.repeat('properties', () => before.length({ signal }), signal);
  const { length: lengthNow } = await retrier.repeat('properties', () => disk.image().properties({ signal }), signal);
  if (lengthNow !== length) await guard.change('length', (fence) => disk.resize(length, { fence, signal }), signal);

  const ways = await reversalFor(request, entry, before, lengthBefore, tools);
  const written = isResumed ? disk.image() : undefined;
  let reversal = 'refused' in ways || plan.by === 'compare' ? undefined : { ...ways, written };
  const within = { start: journal.record.applied, end: length };
  const keep = { before: () => guard.keep(signal), onCompared: () => undefined };
  const work = () =>
    reversal ? rewindWork(reversal, within, tools) : rebaseWork({ original: point, target: disk.image(), within }, tools, keep);
  const everything = () => fullWork({ original: point, target: undefined, within }, tools);

  const count = await countWork(reversal ? work() : everything()).catch((error: unknown) => {
    if (!reversal || !isDifferenceRefusal(error)) throw error;
    reversal = undefined;
    emit({ type: 'warning', code: 'compare', text: refusedText(error as BackupError) });
    return countWork(everything());
  });
  // What an interrupted run had written back is proven too, so it counts for the size of the sample.
  const whole = reversal && within.start > 0 ? await countWork(rewindWork(reversal, { start: 0, end: length }, tools)) : count;
  emit({ type: 'phase', phase: reversal ? 'copying' : 'comparing', text: plan.reason });
  const mover = new PageMover(point, guard, request.transfer ?? 'auto', retrier, emit);
  const moved = await applyPages(work(), mover, {
    limits,
    signal,
    onDone: async ({ written }, applied) => {
      emit({ type: 'progress', phase: 'copying', done: written, total: count.written });
      if (applied > within.start) await journal.reached(applied);
    },
  });
  await journal.write({ applied: length });

  emit({ type: 'phase', phase: 'proving', text: 'Comparing the disk with the recovery point.' });
  const wanted = request.proof ?? (mover.transfer === 'server' ? 'sample' : 'changed');
  const told = reversal;
  const changes = told && ((range: PageRange) => reversedChanges(told, range, tools));
  const { snapshot, proof, repaired, wrong } = await provenSnapshot(
    {
      original: point,
      length,
      level: reversal ? wanted : 'full',
      number: entry.number,
      written: whole.written,
      changes,
      // Without differences nothing tells which pages were touched; then every page is read.
      base: reversal ? safety : undefined,
      marks: (own) => without(own, KEY.restore),
      ofBlob: true,
    },
    hold,
    mover,
    tools,
  );
  const result: RewindResult = {
    job: 'rewind',
    number: entry.number,
    recoveryPoint: request.point,
    disk: disk.url,
    safetySnapshot: safety,
    length,
    written: moved.written,
    cleared: moved.cleared,
    transferred: moved.written + repaired.written,
    transfer: mover.transfer,
    proof,
  };
  return { result, unneeded: [...wrong, snapshot] };
}

type Ways = Reversal | { readonly refused: string };

async function reversalFor(request: RewindRequest, entry: CatalogueEntry, disk: BlobImage, lengthNow: number, tools: Tools): Promise<Ways> {
  const { retrier, signal } = tools;
  const { backup, point } = request;
  const catalogue = new Catalogue(request.catalogue, retrier);
  const { numbers, failed } = await catalogue.index(signal);
  const later = numbers.filter((number) => number >= entry.number);
  if (later.some((number) => failed.has(number))) {
    return { refused: 'A later recovery point was found wrong, so the whole disk is compared with the chosen one.' };
  }
  const { entries, unreadable } = await catalogue.readable(signal, later);
  if (unreadable[0]) {
    return {
      refused: `The record of recovery point ${unreadable[0].number} cannot be read, so the whole disk is compared with the chosen one.`,
    };
  }
  // A list that was cut short may lack even the point itself, which has been read.
  const newest = entries.at(-1) ?? entry;
  try {
    for (const image of [disk, backup.image(newest.backup.snapshot)]) {
      if (await givesHonestDifferences(image, retrier, signal)) continue;
      return { refused: 'The service ignores differences between snapshots, so the whole disk is compared with the recovery point.' };
    }
  } catch (error) {
    if (!isBackupError(error, 'snapshotNotFound')) throw error;
    return { refused: 'The newest recovery point was deleted outside this tool, so the whole disk is compared with the chosen one.' };
  }
  return {
    point: backup.image(point),
    newest: newest.number === entry.number ? undefined : backup.image(newest.backup.snapshot),
    disk,
    anchor: newest.source.snapshot,
    tail: Math.min(lengthNow, ...entries.map(({ source }) => source.length)),
  };
}

function refuseStranger(
  { length, lease, leaseDuration, copy, metadata, tier, isTierInferred }: BlobProperties,
  entry: CatalogueEntry,
  { disk, backup, point }: RewindRequest,
): void {
  const unharmed = 'Nothing was changed.';
  if (entry.source.url !== disk.url) {
    throw new BackupError('otherSource', `Recovery point ${entry.number} is of ${entry.source.url}, not of ${disk.url}.`, {
      unharmed,
      hint: 'Restore to a new blob instead.',
    });
  }
  if (lease === 'leased' && leaseDuration === 'infinite') {
    throw new BackupError('leaseHeld', `${disk.url} cannot be rewound in place: it is attached to a VM (infinite lease).`, {
      unharmed,
      hint: 'Restore to a new blob instead, or detach it first.',
    });
  }
  // The lease of a rewind that stopped in order may be taken over, and tells itself by the mark.
  if (lease === 'leased' && metadata[KEY.restore] !== 'partial') {
    throw new BackupError('busy', `${disk.url} cannot be rewound in place: somebody else holds its lease.`, {
      unharmed,
      hint: 'Wait until whoever uses it is done, and run this again.',
    });
  }
  if (copy?.status === 'pending') throw new BackupError('copyPending', `A copy into ${disk.url} is still under way.`, { unharmed });
  // Of a disk that need not grow nothing is asked that could be refused.
  if (entry.source.length > length && !isTierInferred && tier !== undefined && isTooSmall(tier, entry.source.length)) {
    throw new BackupError(
      'notSupported',
      `The tier ${tier} of ${disk.url} is too small for this point: it has ${sizeText(entry.source.length)}.`,
      {
        unharmed,
        hint: `Give the disk the tier ${fittingTier(entry.source.length)} first (az storage blob set-tier --type page), or restore to a new blob.`,
      },
    );
  }
  const label = backup.image(point).label;
  const marks = { [KEY.restore]: 'partial', [KEY.restoredFrom]: label, [KEY.openRun]: ' '.repeat(MOST_RECORD + label.length) };
  if (!hasRoom(metadata, marks)) {
    const what = `${disk.url} has so much metadata that the mark of an unfinished rewind would find no room: half a disk could be taken for a whole one.`;
    throw new BackupError('notSupported', what, {
      unharmed,
      hint: 'Restore to a new blob instead, or take metadata away from the disk first.',
    });
  }
}

function warningsOf({ length: lengthNow, tier, metadata }: BlobProperties, length: number, label: string): string[] {
  const from = metadata[KEY.restoredFrom];
  const isHalf = metadata[KEY.restore] === 'partial';
  const warnings = [
    isHalf
      ? 'The disk is written in place, where an interrupted restore has begun. The snapshot of it as it was before that stays.'
      : 'The disk is written in place. A snapshot of it as it is now is taken first and stays.',
  ];
  if (isHalf && from !== label) warnings.push(`The disk is half way to another recovery point, ${from}. It goes to this one instead.`);
  const sizes = `The disk is ${sizeText(lengthNow)} (${lengthNow} bytes) long now and gets the length of the recovery point, ${sizeText(length)} (${length} bytes).`;
  if (length < lengthNow) warnings.push(`${sizes} What lies beyond is only in that snapshot then.`);
  if (length > lengthNow) warnings.push(sizes);
  // Only premium page blobs have a tier (REST: Get Blob Properties, x-ms-access-tier).
  if (tier !== undefined) {
    warnings.push(
      'A premium page blob takes one snapshot in ten minutes, and two are needed. Where it stops for that, run it again after ten minutes: it goes on from there.',
    );
  }
  return warnings;
}

function noDisk(url: string): BackupError {
  return new BackupError('blobNotFound', `There is no disk ${url} that could be rewound.`, {
    unharmed: 'Nothing was changed.',
    hint: 'Check the name, or restore to a new blob instead: it may have that name.',
  });
}

function refusedText(error: BackupError): string {
  return `The service could not tell what changed since the recovery point (${error.message}) The whole disk is compared instead.`;
}

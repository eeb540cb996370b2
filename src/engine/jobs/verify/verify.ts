import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { livingNumbers, timedId } from '../../chain/recordNames.ts';
import { BackupError, isBackupError, type ErrorCode } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import type { BlobImage, PageBlob } from '../../pageBlob.ts';
import { beginProof, findFaults, type RunningProof } from '../../proof/findFaults.ts';
import { sampleShare, type ProofLevel } from '../../proof/proof.ts';
import { constantWindows } from '../../ranges/rangeWindow.ts';
import { bytesOf } from '../../ranges/rangeSet.ts';
import type { RecordStore } from '../../recordStore.ts';
import { requireChain } from '../points/points.ts';
import { prunedError } from '../points/pruned.ts';
import { timeText, toolsFor, type JobOptions, type Tools } from '../../tools.ts';

/** Opens the source blob with this URL. */
export type OpenSource = (url: string) => PageBlob | Promise<PageBlob>;

/** Proves the recovery points of a chain. */
export interface VerifyRequest {
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
  /** The source blob, or what opens the one that the newest point names; content is compared with those of its snapshots that still exist. */
  readonly source: PageBlob | OpenSource | undefined;
  /** Default `changed`, which for a point on its own means every page it holds. */
  readonly proof?: ProofLevel;
  /** Only the point with this number. */
  readonly number?: number | undefined;
}

export interface PointVerdict {
  readonly number: number;
  /** Undefined where the point's record cannot be read. */
  readonly recoveryPoint: string | undefined;
  /** `passed`: compared as `proof` says. `structure`: it is there and has the recorded length; its source snapshot is gone, so no content was read. */
  readonly verdict: 'passed' | 'structure' | 'failed';
  /** What is wrong, in plain words; bytes that differ. */
  readonly fault?: string;
  readonly differing?: number;
  readonly proof?: RunningProof;
}

export interface VerifyResult {
  readonly job: 'verify';
  /** URL of the source blob that was compared with. */
  readonly source?: string;
  readonly verdicts: readonly PointVerdict[];
  readonly failed: number;
  /** The newest point of the chain is wrong, so the next backup compares the whole disk. */
  readonly newestFailed?: true;
  /** The catalogue took no record of what was found: it may not be written to. */
  readonly unrecorded?: true;
}

/** A finding that says nothing for ever is not recorded: a snapshot that was deleted may be undeleted, a record be put right. */
interface Finding {
  readonly verdict: PointVerdict;
  readonly lasts: boolean;
}

/** Refusals that come from what this machine may do with the catalogue, not from what it says. */
const MAY_NOT_RECORD: readonly ErrorCode[] = ['accessDenied', 'sasLacksPermission', 'immutable', 'notSupported'];

/** A point that is on record as wrong stays so where nothing is left to compare it with. */
const WRONG_BEFORE = {
  verdict: 'failed',
  fault: 'An earlier verification found it wrong. No content was read now: the source snapshot is gone, or cannot be read.',
} as const;

/** Looks at every point, newest first, and adds what was found to the catalogue: a point that failed is never a base again. Changes no blob. */
export function runVerify(request: VerifyRequest, options: JobOptions): AsyncIterable<RunEvent<VerifyResult>> {
  return runEvents((emit) => verifyJob(request, options, emit));
}

async function verifyJob(request: VerifyRequest, options: JobOptions, emit: Emit): Promise<VerifyResult> {
  const tools = toolsFor(options, emit);
  const { retrier, signal, world } = tools;
  const catalogue = new Catalogue(request.catalogue, retrier);
  const index = await catalogue.index(signal);
  const chosen = livingNumbers(index).filter((number) => request.number === undefined || number === request.number);
  if (chosen.length === 0) {
    // Tells a chain without points from a name that does not exist.
    await requireChain(request.backup, request.catalogue, index.isBegun, tools);
    if (request.number !== undefined && index.pruned.has(request.number)) throw prunedError(request.number);
    throw new BackupError('snapshotNotFound', `${request.backup.url} has no such recovery point.`, {
      hint: 'List the points with "points".',
    });
  }
  const { entries, unreadable } = await catalogue.readable(signal, chosen);
  const source = typeof request.source === 'function' ? await openNewest(request.source, entries) : request.source;
  const sources = await sourceSnapshots(source, tools);
  const run = world.uuid();
  const verdicts = unreadable.map(({ number, error }): PointVerdict => ({
    number,
    recoveryPoint: undefined,
    verdict: 'failed',
    fault: error.message,
  }));
  let mayRecord = true;
  // Samples go on where the last one on record ended, so that in time they have read the whole disk, however the points are numbered.
  let stripe = index.verifications;
  for (const entry of entries.toReversed()) {
    emit({ type: 'phase', phase: 'proving', text: `Verifying recovery point ${entry.number}.` });
    const hasSource = entry.source.url === source?.url && sources.has(entry.source.snapshot);
    const { verdict, lasts } = await verify({ entry, source: hasSource ? source : undefined, stripe }, request, tools);
    if (verdict.proof) stripe++;
    verdicts.push(verdict.verdict === 'structure' && index.failed.has(entry.number) ? { ...verdict, ...WRONG_BEFORE } : verdict);
    if (lasts && mayRecord) mayRecord = await record(verdict, run, catalogue, tools);
  }
  verdicts.sort((a, b) => b.number - a.number);
  const failed = verdicts.filter(({ verdict }) => verdict === 'failed');
  const newest = livingNumbers(index).at(-1);
  return {
    job: 'verify',
    ...(source && { source: source.url }),
    verdicts,
    failed: failed.length,
    ...(failed.some(({ number }) => number === newest) && { newestFailed: true }),
    ...(!mayRecord && { unrecorded: true }),
  };
}

async function openNewest(open: OpenSource, entries: readonly CatalogueEntry[]): Promise<PageBlob | undefined> {
  const newest = entries.at(-1);
  return newest && open(newest.source.url);
}

/** @returns false where this machine may not write to the catalogue; the verdicts are worth having all the same */
async function record(verdict: PointVerdict, run: string, catalogue: Catalogue, { world, emit, signal }: Tools): Promise<boolean> {
  const verifiedOn = timeText(world);
  const evidence = { format: 1, ...verdict, run, verifiedOn };
  try {
    const id = timedId(verifiedOn, run, verdict.proof?.level ?? 'ranges');
    await catalogue.addProof(verdict.number, verdict.verdict === 'passed', id, evidence, signal);
    return true;
  } catch (error) {
    if (!isBackupError(error, ...MAY_NOT_RECORD)) throw error;
    emit({ type: 'warning', code: 'notRecorded', text: `What is found cannot be recorded beside the backup: ${error.message}` });
    return false;
  }
}

async function sourceSnapshots(source: PageBlob | undefined, { retrier, emit, signal }: Tools): Promise<Set<string>> {
  const live = new Set<string>();
  if (!source) return live;
  try {
    await retrier.repeat(
      'snapshots',
      async () => {
        for await (const { id } of source.snapshots({ signal })) live.add(id);
      },
      signal,
    );
  } catch (error) {
    if (!isBackupError(error) || error.code === 'cancelled' || error.retryable) throw error;
    emit({ type: 'warning', code: 'sourceUnreadable', text: `The source cannot be read, so no content is compared: ${error.message}` });
  }
  return live;
}

/** One point, and what it is compared with. */
interface Subject {
  readonly entry: CatalogueEntry;
  /** Undefined where the snapshot that it names is not to be read. */
  readonly source: PageBlob | undefined;
  /** The stripe of the disk that a sample reads. */
  readonly stripe: number;
}

async function verify(subject: Subject, request: VerifyRequest, tools: Tools): Promise<Finding> {
  const { number, source, backup } = subject.entry;
  const about = { number, recoveryPoint: backup.snapshot };
  const copy = request.backup.image(backup.snapshot);
  const length = await lengthIfThere(copy, tools);
  if (length === undefined) {
    const fault = 'Its snapshot is gone: it was deleted outside this tool. If soft delete is on, it can be undeleted.';
    return { verdict: { ...about, verdict: 'failed', fault }, lasts: false };
  }
  if (length !== source.length) {
    const fault = `Its snapshot is ${length} bytes long, but was recorded with ${source.length}.`;
    return { verdict: { ...about, verdict: 'failed', fault }, lasts: true };
  }
  if (!subject.source) return { verdict: { ...about, verdict: 'structure' }, lasts: false };
  return compare(subject, about, subject.source.image(source.snapshot), request, tools);
}

const GONE: readonly ErrorCode[] = ['snapshotNotFound', 'blobNotFound'];

async function lengthIfThere(image: BlobImage, { retrier, signal }: Tools): Promise<number | undefined> {
  try {
    return await retrier.repeat('properties', () => image.length({ signal }), signal);
  } catch (error) {
    if (isBackupError(error, ...GONE)) return undefined;
    throw error;
  }
}

async function compare(
  subject: Subject,
  about: Pick<PointVerdict, 'number' | 'recoveryPoint'>,
  original: BlobImage,
  request: VerifyRequest,
  tools: Tools,
): Promise<Finding> {
  const { snapshot } = subject.entry.source;
  const read = (level: ProofLevel) => unlessGone(original, () => differingBytes(subject, request, level, tools), tools);
  const first = await read(request.proof ?? 'changed');
  if (!first) return { verdict: { ...about, verdict: 'structure' }, lasts: false };
  const { differing, proof } = first;
  if (differing === 0) return { verdict: { ...about, verdict: 'passed', proof }, lasts: true };
  // A bit may flip on the way to this machine, and a verdict is for ever: what is wrong must show again when every page is read.
  const again = await read('full');
  if (!again) {
    const fault = `${differing} bytes differed from the source snapshot ${snapshot} that it names, which was deleted before they could be read again.`;
    return { verdict: { ...about, verdict: 'failed', differing, fault, proof }, lasts: false };
  }
  if (again.differing === 0) return { verdict: { ...about, verdict: 'passed', proof: again.proof }, lasts: true };
  const fault = `${again.differing} bytes differ from the source snapshot ${snapshot} that it names.`;
  return { verdict: { ...about, verdict: 'failed', differing: again.differing, fault, proof: again.proof }, lasts: true };
}

/** @returns undefined where a backup that ended meanwhile has deleted the snapshot that it no longer needs: that says nothing about the point */
async function unlessGone<Found>(original: BlobImage, read: () => Promise<Found>, tools: Tools): Promise<Found | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isBackupError(error, ...GONE) || (await lengthIfThere(original, tools)) !== undefined) throw error;
    return undefined;
  }
}

async function differingBytes(
  { entry: { source, backup }, source: disk, stripe }: Subject,
  request: VerifyRequest,
  level: ProofLevel,
  { retrier, limits, signal, world, emit }: Tools,
): Promise<{ differing: number; proof: RunningProof }> {
  const proof = beginProof(level);
  let compared = 0;
  const faults = findFaults(
    {
      original: disk!.image(source.snapshot),
      copy: request.backup.image(backup.snapshot),
      length: source.length,
      changes: (within) => constantWindows(within, 'every page'),
      touched: undefined,
    },
    proof,
    {
      level,
      stripe,
      share: sampleShare(source.length),
      random: () => world.random(),
      retrier,
      limits,
      signal,
      onCompared: (bytes) => {
        compared += bytes;
        emit({ type: 'progress', phase: 'proving', done: compared, total: 0 });
      },
    },
  );
  let differing = 0;
  for await (const { write, clear } of faults) differing += bytesOf(write) + bytesOf(clear);
  return { differing, proof };
}

import { isDifferenceRefusal } from '../chain/canary.ts';
import { KEY } from '../chain/metadata.ts';
import { findMarkedSnapshot, takeMarkedSnapshot } from '../chain/markedSnapshot.ts';
import { BackupError } from '../errors.ts';
import type { BlobImage, Metadata, SnapshotId } from '../pageBlob.ts';
import { beginProof, findFaults, type RunningProof } from './findFaults.ts';
import { sampleShare, type Proof, type ProofLevel } from './proof.ts';
import type { PageRange } from '../ranges/pageRange.ts';
import { constantWindows, type RangeWindows } from '../ranges/rangeWindow.ts';
import { applyPages, type Moved } from '../transfer/applyPages.ts';
import type { PageMover } from '../transfer/pageMover.ts';
import type { PageWork } from '../transfer/pageWork.ts';
import type { Tools } from '../tools.ts';
import type { Hold } from '../hold/hold.ts';
import type { WriteGuard } from '../hold/writeGuard.ts';

/** How often a backup snapshot that is not right is mended and taken again. */
const ROUNDS = 4;

/** Ids that the open-run record holds at most: metadata has little room. */
const MOST_WRONG = 16;

export interface SnapshotClaim {
  readonly original: BlobImage;
  readonly length: number;
  readonly level: ProofLevel;
  /** Number that the recovery point will have: decides which stripe a sample reads. */
  readonly number: number;
  /** Bytes that had to be moved, by this run and any interrupted one before it: for the size of a sample. */
  readonly written: number;
  /** What the source changed; undefined where it could not say, then what was touched in the backup counts as changed. */
  readonly changes: ((within: PageRange) => RangeWindows) | undefined;
  /** The proven backup snapshot from which touched pages are told; undefined where there is none or it cannot be trusted. */
  readonly base: SnapshotId | undefined;
  /** What the snapshot carries of the blob's own metadata, and besides; default: all of it. */
  readonly marks?: ((own: Metadata) => Metadata) | undefined;
  /**
   * The blob itself is to be right, not only its snapshot: then the snapshot of an interrupted run says nothing where the blob may have been
   * changed since.
   */
  readonly ofBlob?: boolean;
}

export interface ProvenSnapshot {
  readonly snapshot: SnapshotId;
  readonly proof: Proof;
  /** What mending took. */
  readonly repaired: Moved;
  /** Snapshots that were found wrong on the way, also by an interrupted run before: to be discarded when the run is done. */
  readonly wrong: readonly SnapshotId[];
}

/**
 * Takes a snapshot of the backup blob and proves that snapshot, which cannot change any more. When it is wrong the blob is mended from the source
 * snapshot, and it is tried again, a few times.
 * @throws integrity when it does not get right
 */
export async function provenSnapshot(claim: SnapshotClaim, hold: Hold, mover: PageMover, tools: Tools): Promise<ProvenSnapshot> {
  const { guard, journal } = hold;
  const { emit } = tools;
  const repaired: Moved = { written: 0, cleared: 0, calls: 0 };
  let candidate = journal.record.attempt === undefined ? undefined : await earlierCandidate(hold, tools);
  if (candidate !== undefined && claim.ofBlob && journal.record.touched) {
    await journal.write({ wrong: [...(journal.record.wrong ?? []), candidate].slice(-MOST_WRONG), attempt: undefined });
    candidate = undefined;
  }

  for (let round = 1; round <= ROUNDS; round++) {
    const snapshot = candidate ?? (await takeSnapshot(claim, hold, tools));
    candidate = undefined;
    const { proof, mended } = await prove(claim, guard.blob.image(snapshot), hold, mover, tools);
    repaired.written += mended.written;
    repaired.cleared += mended.cleared;
    repaired.calls += mended.calls;
    if (mended.calls === 0) return { snapshot, proof, repaired, wrong: journal.record.wrong ?? [] };

    const bytes = mended.written + mended.cleared;
    emit({
      type: 'warning',
      code: 'repaired',
      text: `What was written to ${guard.blob.url} differed from its original in ${bytes} bytes. They were mended and are proven again.`,
    });
    // Not deleted yet: an interrupted run's commit of it may still be under way, and an entry must never name a snapshot that is gone. Nor looked
    // for again: what was wrong once, if only by a bit that flipped on the way here, never counts.
    await journal.write({ wrong: [...(journal.record.wrong ?? []), snapshot].slice(-MOST_WRONG), attempt: undefined });
  }
  throw new BackupError('integrity', `${guard.blob.url} does not get equal to its original: somebody or something keeps changing it.`, {
    unharmed: 'Nothing counts it as complete; earlier recovery points are as they were.',
    hint: 'Find out who else writes to that blob, then run the same again.',
  });
}

async function takeSnapshot(
  { marks = (own) => own }: SnapshotClaim,
  { guard, journal }: Hold,
  { world, retrier, signal }: Tools,
): Promise<SnapshotId> {
  const attempt = world.uuid();
  await journal.write({ attempt, touched: undefined });
  await guard.keep(signal);
  const fence = { leaseId: guard.leaseId };
  return takeMarkedSnapshot(
    guard.blob,
    { key: KEY.attempt, value: attempt },
    marks(journal.own),
    { [KEY.run]: journal.record.run },
    { retrier, fence, signal },
  );
}

/** The snapshot that an interrupted run had taken. It is proven like any other, so a mark that was passed on does no harm. */
async function earlierCandidate({ guard, journal }: Hold, { retrier, signal }: Tools): Promise<SnapshotId | undefined> {
  return findMarkedSnapshot(guard.blob, { key: KEY.attempt, value: journal.record.attempt! }, retrier, signal);
}

async function prove(
  claim: SnapshotClaim,
  copy: BlobImage,
  hold: Hold,
  mover: PageMover,
  tools: Tools,
): Promise<{ proof: RunningProof; mended: Moved }> {
  const { guard } = hold;
  const { retrier, signal } = tools;
  const length = await retrier.repeat('properties', () => copy.length({ signal }), signal);
  if (length !== claim.length) {
    await guard.change('length', (fence) => guard.blob.resize(claim.length, { fence, signal }), signal);
    return { proof: beginProof(claim.level), mended: { written: 0, cleared: 0, calls: 1 } };
  }
  try {
    return await proveContent(claim, copy, hold, mover, tools);
  } catch (error) {
    if (!isDifferenceRefusal(error)) throw error;
    // A snapshot that the differences need was taken away meanwhile: then only reading everything tells.
    return proveContent({ ...claim, changes: undefined, base: undefined, level: 'full' }, copy, hold, mover, tools);
  }
}

async function proveContent(
  claim: SnapshotClaim,
  copy: BlobImage,
  { guard }: Hold,
  mover: PageMover,
  tools: Tools,
): Promise<{ proof: RunningProof; mended: Moved }> {
  const { original, length, level, base, number, written } = claim;
  const { retrier, limits, signal, world, emit } = tools;
  const proof = beginProof(level);
  const touched = base === undefined ? undefined : (within: PageRange) => copy.changedSince(base, within, { signal });
  const changes = claim.changes ?? touched ?? ((within: PageRange) => constantWindows(within, 'every page'));
  let compared = 0;
  const faults = findFaults({ original, copy, length, changes, touched }, proof, {
    level,
    stripe: number,
    share: sampleShare(written),
    random: () => world.random(),
    retrier,
    limits,
    signal,
    before: () => guard.keep(signal),
    onCompared: (bytes) => {
      compared += bytes;
      emit({ type: 'progress', phase: 'proving', done: compared, total: Math.max(compared, level === 'changed' ? written : 0) });
    },
  });
  return { mended: await applyPages(underNewEpoch(faults, guard, signal), mover, { limits, signal }), proof };
}

/** What was wrong may have been written so by a request that arrives once more after it was mended, and even after the next proof. */
async function* underNewEpoch(faults: AsyncIterable<PageWork>, guard: WriteGuard, signal?: AbortSignal): AsyncGenerator<PageWork> {
  let isRaised = false;
  for await (const fault of faults) {
    if (!isRaised) await guard.nextEpoch(signal);
    isRaised = true;
    yield fault;
  }
}

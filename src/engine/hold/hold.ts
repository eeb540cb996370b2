import { KEY, withOurs, without } from '../chain/metadata.ts';
import { readOpenRun, type OpenRun } from '../chain/openRun.ts';
import { isBackupError } from '../errors.ts';
import type { BlobProperties, Metadata, PageBlob } from '../pageBlob.ts';
import { Journal } from './journal.ts';
import { WriteGuard } from './writeGuard.ts';
import { timeText, type Tools } from '../tools.ts';

/** A blob in the hands of one run: guarded against others, with the run's record in its metadata. */
export interface Hold {
  readonly guard: WriteGuard;
  readonly journal: Journal;
  /** Bytes in the backup blob before this run changed its length. */
  readonly lengthBefore: number;
  /** True when nothing was ever written to the blob. */
  readonly isNew: boolean;
}

/** What a run says when it takes hold of the blob it writes. */
export interface Beginning {
  readonly kind: string;
  /** The image that is copied: URL without query. */
  readonly source: string;
  readonly parent: number;
  /** Bytes, for a blob that has to be made. */
  readonly length: number;
  /** What of ours stays on the blob while the run works, and on the snapshots it takes. */
  readonly metadata: Metadata;
  readonly tier?: string | undefined;
  /** An absent blob is an error, not something to be made. */
  readonly mustExist?: boolean;
  /** Throws when an existing blob must not be written. Asked again when the lease has been got, without which it may have changed. */
  readonly refuse?: (properties: BlobProperties) => void;
}

/**
 * Leases the backup blob, making it first where there is none, and writes the open-run record. An interrupted run of the same parent is gone on
 * with: from where it stopped if its lease proves that nobody touched the blob since, else from the beginning with the same source snapshot.
 */
export async function takeHold(backup: PageBlob, begin: Beginning, tools: Tools): Promise<Hold> {
  const { world, retrier, signal } = tools;
  const { properties, isNew } = await findOrCreate(backup, begin, tools);
  const open = readOpenRun(properties.metadata);
  // Also the lease of a run that is not gone on with, when it has stopped in order: else one would wait for it to run out.
  const taken = open && mayTakeOver(properties, open) ? await WriteGuard.takeOver(backup, open.lease, world, retrier, signal) : undefined;
  const guard = taken ?? (await WriteGuard.take(backup, world, retrier, signal));
  // Whoever had the lease may have ended meanwhile, and others may have written since.
  const before = { ...guard.found, lease: 'available', leaseDuration: undefined } as const;
  await refuseOrRelease(guard, before, begin);
  const earlier = readOpenRun(before.metadata);
  const resumable = earlier?.parent === begin.parent && earlier.source === begin.source ? earlier : undefined;
  const applied = taken && resumable?.kind === begin.kind ? resumable.applied : 0;
  const record: OpenRun = {
    run: resumable?.run ?? world.uuid(),
    kind: begin.kind,
    source: begin.source,
    lease: guard.leaseId,
    parent: begin.parent,
    startedOn: resumable?.startedOn ?? timeText(world),
    applied,
    ...(resumable?.snapshot !== undefined && { snapshot: resumable.snapshot }),
    ...(resumable?.attempt !== undefined && { attempt: resumable.attempt }),
    // Also what a run before the last one could not prove.
    ...(resumable?.attempt !== undefined && (!taken || resumable.touched) && { touched: true as const }),
    // Also what a run that is not gone on with has left to be thrown away.
    ...(earlier?.wrong !== undefined && { wrong: earlier.wrong }),
  };
  const own = withOurs(without(before.metadata, KEY.openRun, KEY.run, KEY.attempt), begin.metadata);
  const journal = new Journal(guard, own, record, tools);
  try {
    await journal.write({});
  } catch (error) {
    await journal.pause().catch(() => undefined);
    throw error;
  }
  return { guard, journal, lengthBefore: before.length, isNew };
}

async function refuseOrRelease(guard: WriteGuard, before: BlobProperties, { refuse }: Beginning): Promise<void> {
  try {
    refuse?.(before);
  } catch (error) {
    await guard.release();
    throw error;
  }
}

async function findOrCreate(
  backup: PageBlob,
  { length, metadata, tier, mustExist = false, refuse = () => undefined }: Beginning,
  { retrier, signal }: Tools,
): Promise<{ properties: BlobProperties; isNew: boolean }> {
  const look = () => retrier.repeat('properties', () => backup.image().properties({ signal }), signal);
  try {
    const properties = await look();
    refuse(properties);
    return { properties, isNew: false };
  } catch (error) {
    if (mustExist || !isBackupError(error, 'blobNotFound')) throw error;
  }
  let isNew = true;
  await retrier.repeat(
    'create',
    async () => {
      try {
        await backup.create(length, metadata, { signal, tier });
      } catch (error) {
        // Ours, when the answer to an earlier try was lost, or somebody else's: either way it is then taken as it is.
        if (!isBackupError(error, 'alreadyExists')) throw error;
        isNew = false;
      }
    },
    signal,
  );
  const properties = await look();
  if (!isNew) refuse(properties);
  return { properties, isNew };
}

/** An active lease may only be taken over when its run says that it has stopped. */
function mayTakeOver(properties: BlobProperties, run: OpenRun): boolean {
  return properties.lease === 'expired' || (properties.lease === 'leased' && run.paused === true);
}

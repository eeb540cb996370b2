import { Catalogue, type UnreadableRecord } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { livingNumbers } from '../../chain/recordNames.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import type { BlobImage, PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { RecordStore } from '../../recordStore.ts';
import { prunedError } from '../points/pruned.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';

/** The recovery point that a restore starts from. */
export interface PointRequest {
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
  readonly point: SnapshotId;
  /** Also a point that a later verification found wrong: better a disk with a wrong page than none. */
  readonly evenIfFailed?: boolean | undefined;
}

/**
 * The catalogue's entry of the point: only a catalogued snapshot is a restore point, since the backup blob itself is torn while a run writes.
 * @throws notOurs, snapshotNotFound, integrity
 */
export async function findPoint({ backup, catalogue, point, evenIfFailed }: PointRequest, tools: Tools): Promise<CatalogueEntry> {
  const { retrier, signal } = tools;
  const chain = new Catalogue(catalogue, retrier);
  const index = await chain.index(signal);
  const { isBegun, failed, pruned } = index;
  const { entries, unreadable } = await chain.readable(signal, livingNumbers(index));
  const entry = entries.find((each) => each.backup.snapshot === point);
  if (!entry) {
    const gone = (await chain.readable(signal, [...pruned.keys()])).entries.find((each) => each.backup.snapshot === point);
    if (gone) throw prunedError(gone.number);
    // Tells an id that does not exist from a snapshot that is nobody's recovery point.
    await lengthOf(backup.image(point), 'List the recovery points with "points" and name one of them.', tools);
    throw unreadable.length > 0 ? perhapsUnreadable(point, unreadable) : notCatalogued(point, backup.url, isBegun);
  }
  if (failed.has(entry.number) && evenIfFailed !== true) {
    throw new BackupError('integrity', `${foundWrong(entry.number)}.`, {
      unharmed: 'Nothing was changed.',
      hint: 'Restore another point. The records beside the backup blob say what was found. Where there is no other, --even-if-failed restores this one.',
    });
  }
  const gone = `It is recovery point ${entry.number}, and was deleted outside this tool. Restore another point; where soft delete is on, undelete it first.`;
  const length = await lengthOf(backup.image(point), gone, tools);
  if (length !== entry.source.length) {
    throw new BackupError(
      'integrity',
      `Recovery point ${entry.number} is ${length} bytes long, but was recorded with ${entry.source.length}.`,
      {
        unharmed: 'Nothing was changed.',
        hint: 'Restore another point, and run "verify".',
      },
    );
  }
  return entry;
}

async function lengthOf(image: BlobImage, hint: string, { retrier, signal }: Tools): Promise<number> {
  try {
    return await retrier.repeat('properties', () => image.length({ signal }), signal);
  } catch (error) {
    if (!isBackupError(error, 'snapshotNotFound')) throw error;
    throw new BackupError('snapshotNotFound', error.message, { unharmed: 'Nothing was changed.', hint, cause: error });
  }
}

/** What people have to know of a point that they restore with `evenIfFailed`; undefined where no verification found it wrong. */
export async function warningOf({ catalogue, point }: PointRequest, options: JobOptions): Promise<string | undefined> {
  const { retrier, signal } = toolsFor(options);
  const chain = new Catalogue(catalogue, retrier);
  const { failed } = await chain.index(signal);
  const { entries } = await chain.readable(signal, [...failed]);
  const entry = entries.find((each) => each.backup.snapshot === point);
  return entry && `${foundWrong(entry.number)}, and is restored as it is. The records beside the backup blob say what was found.`;
}

function foundWrong(number: number): string {
  return `Recovery point ${number} was found wrong by a later verification`;
}

function notCatalogued(point: SnapshotId, backup: string, hasCatalogue: boolean): BackupError {
  return new BackupError('notOurs', `${point} is not a recovery point of ${backup}: no catalogue entry names it.`, {
    unharmed: 'Nothing was changed.',
    hint: hasCatalogue
      ? 'List the recovery points with "points" and name one of them.'
      : 'There is no catalogue where it was looked for: name its place with --catalogue, or leave that out where it lies beside the backup blob.',
  });
}

/** The point may be one of those whose records cannot be read. */
function perhapsUnreadable(point: SnapshotId, unreadable: readonly UnreadableRecord[]): BackupError {
  const numbers = unreadable.map(({ number }) => number).join(', ');
  const what = `No catalogue entry that can be read names ${point}; the record of ${unreadable.length === 1 ? 'point' : 'points'} ${numbers} cannot be read.`;
  return new BackupError('integrity', what, {
    unharmed: 'Nothing was changed.',
    hint: 'Restore a point that "points" lists, or look at the record: it is plain JSON beside the backup blob. The snapshot itself can be copied with "copy".',
    cause: unreadable[0]?.error,
  });
}

import { Catalogue, type UnreadableRecord } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { livingNumbers } from '../../chain/recordNames.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import type { PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { RecordStore } from '../../recordStore.ts';
import { deletedError, prunedError } from '../points/pruned.ts';
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
export async function findPoint(
  { backup, catalogue, point, evenIfFailed }: PointRequest,
  { retrier, signal }: Tools,
): Promise<CatalogueEntry> {
  const chain = new Catalogue(catalogue, retrier);
  const index = await chain.index(signal);
  const { failed, pruned } = index;
  const { entries, unreadable } = await chain.readable(signal, livingNumbers(index));
  const entry = entries.find((each) => each.backup.snapshot === point);
  if (!entry) {
    const gone = (await chain.readable(signal, [...pruned.keys()])).entries.find((each) => each.backup.snapshot === point);
    if (gone) throw prunedError(gone.number);
    // Tells an id that does not exist from a snapshot that is nobody's recovery point.
    await retrier.repeat('properties', () => backup.image(point).length({ signal }), signal);
    throw unreadable.length > 0 ? perhapsUnreadable(point, unreadable) : notCatalogued(point, backup.url);
  }
  if (failed.has(entry.number) && evenIfFailed !== true) {
    throw new BackupError('integrity', `${foundWrong(entry.number)}.`, {
      unharmed: 'Nothing was changed.',
      hint: 'Restore another point. The records beside the backup blob say what was found. Where there is no other, --even-if-failed restores this one.',
    });
  }
  const length = await retrier
    .repeat('properties', () => backup.image(point).length({ signal }), signal)
    .catch((error: unknown) => {
      throw isBackupError(error, 'snapshotNotFound', 'blobNotFound') ? deletedError(entry.number, error) : error;
    });
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

function notCatalogued(point: SnapshotId, backup: string): BackupError {
  return new BackupError('notOurs', `${point} is not a recovery point of ${backup}: no catalogue entry names it.`, {
    unharmed: 'Nothing was changed.',
    hint: 'List the recovery points with "points" and name one of them.',
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

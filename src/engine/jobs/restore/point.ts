import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { BackupError } from '../../errors.ts';
import type { PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { RecordStore } from '../../recordStore.ts';
import type { Tools } from '../../tools.ts';

/** The recovery point that a restore starts from. */
export interface PointRequest {
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
  readonly point: SnapshotId;
}

/**
 * The catalogue's entry of the point: only a catalogued snapshot is a restore point, since the backup blob itself is torn while a run writes.
 * @throws notOurs, snapshotNotFound, integrity
 */
export async function findPoint({ backup, catalogue, point }: PointRequest, { retrier, signal }: Tools): Promise<CatalogueEntry> {
  const chain = new Catalogue(catalogue, retrier);
  const { failed } = await chain.index(signal);
  const entry = (await chain.entries(signal)).find((each) => each.backup.snapshot === point);
  if (!entry) {
    // Tells an id that does not exist from a snapshot that is nobody's recovery point.
    await retrier.repeat('properties', () => backup.image(point).length({ signal }), signal);
    throw new BackupError('notOurs', `${point} is not a recovery point of ${backup.url}: no catalogue entry names it.`, {
      unharmed: 'Nothing was changed.',
      hint: 'List the recovery points with "points" and name one of them.',
    });
  }
  if (failed.has(entry.number)) {
    throw new BackupError('integrity', `Recovery point ${entry.number} was found wrong by a later verification.`, {
      unharmed: 'Nothing was changed.',
      hint: 'Restore another point. The records beside the backup blob say what was found.',
    });
  }
  const length = await retrier.repeat('properties', () => backup.image(point).length({ signal }), signal);
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

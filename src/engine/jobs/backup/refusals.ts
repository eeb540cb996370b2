import { BackupError } from '../../errors.ts';

const NOTHING_CHANGED = 'Nothing was changed.';

/** The refusals of a backup before it has begun, each with its way out. */
export const refuse = {
  sameBlob: (url: string) =>
    new BackupError('sameBlob', `Source and backup are the same blob: ${url}.`, {
      unharmed: NOTHING_CHANGED,
      hint: 'Name a backup blob in another storage account.',
    }),

  otherSource: (backup: string, source: string) =>
    new BackupError('otherSource', `${backup} belongs to the chain of another source: ${source}.`, {
      unharmed: NOTHING_CHANGED,
      hint: 'Name another backup blob for this source.',
    }),

  notOurs: (backup: string) =>
    new BackupError('notOurs', `${backup} holds data and is not a backup made by this tool.`, {
      unharmed: NOTHING_CHANGED,
      hint: 'Name another backup blob, or take this one over with --adopt: it is then made equal to the source.',
    }),

  catalogueElsewhere: (backup: string) =>
    new BackupError('notOurs', `${backup} carries the mark of a chain, but there is no catalogue of it beside the blob.`, {
      unharmed: NOTHING_CHANGED,
      hint: 'Name the place of its catalogue (--catalogue). If it is only a copy of a backup, name another backup blob, or take this one over with --adopt.',
    }),

  /** Its difference to itself would be empty, whatever has changed. */
  idGivenTwice: (snapshot: string) =>
    new BackupError('previousSnapshotNewer', `The service gave the snapshot of this run the id of the last one, ${snapshot}.`, {
      unharmed: NOTHING_CHANGED,
    }),

  halfRestored: (source: string) =>
    new BackupError('busy', `A restore into ${source} is not finished, so it is no disk yet.`, {
      unharmed: NOTHING_CHANGED,
      hint: 'Run that restore again to finish it, or restore the disk in place to another point; then back it up.',
    }),

  backupBlobGone: (backup: string, points: number) =>
    new BackupError('blobNotFound', `The backup blob ${backup} is gone, and ${points} recovery points are recorded for it.`, {
      unharmed: 'The source and the catalogue are as they were.',
      hint: 'If soft delete is on, undelete the blob: that brings its snapshots back too. Otherwise begin a new chain under another name.',
    }),

  busy: (backup: string, since: string | undefined) =>
    new BackupError(
      'busy',
      `${backup} is leased: another run is ${since ? `backing up this disk right now (started ${since})` : 'using it'}.`,
      {
        unharmed: NOTHING_CHANGED,
        hint: 'Try again when it is done. The lease of a run that died ends by itself within a minute.',
      },
    ),

  superseded: (newest: number) =>
    new BackupError('superseded', `Another run has committed recovery point ${newest} meanwhile.`, {
      unharmed: 'That point and all earlier ones are as they were.',
      hint: 'Run the backup again to continue from it.',
    }),

  served: () =>
    new BackupError('superseded', 'Another run has served this backup window meanwhile.', {
      unharmed: NOTHING_CHANGED,
      hint: 'Nothing is left to do.',
    }),

  noCatalogueThere: (cause: BackupError) =>
    new BackupError('notSupported', `The catalogue cannot lie beside the backup blob: ${cause.message}`, {
      unharmed: NOTHING_CHANGED,
      hint: 'Accounts for premium page blobs hold page blobs only. Name a place in a standard account for the catalogue (--catalogue).',
      cause,
    }),

  copyPending: (url: string) =>
    new BackupError('copyPending', `A copy into ${url} is still under way.`, {
      unharmed: NOTHING_CHANGED,
      hint: 'Wait until the copy is done, or abort it.',
    }),
};

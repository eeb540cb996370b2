import { BackupError } from '../../errors.ts';

const NOTHING_CHANGED = 'Nothing was deleted.';

/** The refusals of a prune before it has begun, each with its way out. */
export const refuse = {
  noRules: () =>
    new BackupError('badInput', 'No rule says which recovery points to keep.', {
      unharmed: NOTHING_CHANGED,
      hint: 'Name at least one, such as --keep-daily 7.',
    }),

  busy: (backup: string) =>
    new BackupError('busy', `${backup} is leased: another run is using it.`, {
      unharmed: NOTHING_CHANGED,
      hint: 'Try again when it is done. The lease of a run that died ends by itself within a minute.',
    }),
};

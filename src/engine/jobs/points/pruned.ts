import { BackupError } from '../../errors.ts';

/** A recovery point that was deleted by plan, or whose deletion has begun. */
export function prunedError(number: number): BackupError {
  return new BackupError(
    'snapshotNotFound',
    `Recovery point ${number} was pruned: its snapshot was deleted, since the retention policy no longer kept it.`,
    {
      unharmed: 'The other points are as they were.',
      hint: 'List the points that are there with "points".',
    },
  );
}

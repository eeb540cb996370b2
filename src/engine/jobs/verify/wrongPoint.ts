import { BackupError } from '../../errors.ts';
import type { PointVerdict } from './verify.ts';

/** A recovery point that a verification found wrong, with what to do. */
export function wrongPointError({ number, fault }: PointVerdict): BackupError {
  return new BackupError('integrity', `Recovery point ${number} is wrong: ${fault ?? 'it differs from the disk.'}`, {
    unharmed: 'The other points are unharmed, and nothing is built on this one.',
    hint: 'Do not restore it. Back up now: that run compares the whole disk with the backup, writes what differs, and makes a right point.',
  });
}

import { BackupError } from '../engine/errors.ts';
import { errnoOf } from './fileProblem.ts';

/** Two restores to one file: the other one was quicker. */
export function otherRestore(partial: string, cause?: unknown): BackupError {
  return new BackupError(
    'busy',
    `${partial} is no longer the file that this restore was writing: another restore has replaced or finished it.`,
    {
      unharmed: 'The recovery point is as it was, and so is what the other restore makes.',
      hint: 'Let one restore end before the next, or name another file.',
      cause,
    },
  );
}

/** Does what only another restore of the same file can make fail with `errno`. @throws busy */
export async function unlessOther<T>(errno: 'ENOENT' | 'EEXIST', partial: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (errnoOf(error) === errno) throw otherRestore(partial, error);
    throw error;
  }
}

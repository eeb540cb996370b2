import { BackupError } from '../engine/errors.ts';

interface Reason {
  readonly what: string;
  readonly hint: string;
}

const NAME_ANOTHER: Reason['hint'] = 'Name another place, or change who may write there.';

/** What the system's refusals mean, in plain words. */
const REASONS: Readonly<Record<string, Reason>> = {
  ENOENT: { what: 'there is no such file or folder', hint: 'Check the path.' },
  ENOTDIR: { what: 'a part of the path is no folder', hint: 'Check the path.' },
  EISDIR: { what: 'it is a folder, not a file', hint: 'Name a file.' },
  ENAMETOOLONG: { what: 'the path is too long', hint: 'Choose a shorter name.' },
  EACCES: { what: 'this user may not do that there', hint: NAME_ANOTHER },
  EPERM: { what: 'the system does not allow it', hint: NAME_ANOTHER },
  EROFS: { what: 'the file system is read-only', hint: NAME_ANOTHER },
  EBUSY: { what: 'another program uses it', hint: 'Close that program and try again.' },
  EFBIG: { what: 'the file system does not take files of that size', hint: 'Choose a place on another file system.' },
  EIO: { what: 'the disk of this machine reports an error', hint: 'Check that disk, and choose another place.' },
  EMFILE: { what: 'too many files are open', hint: 'Close some programs and try again.' },
  ENFILE: { what: 'too many files are open', hint: 'Close some programs and try again.' },
};

/**
 * Makes a `BackupError` of what the file system threw.
 * @param doing completes "Could not … <path>"
 */
export function fileProblem(error: unknown, doing: string, path: string): BackupError {
  if (error instanceof BackupError) return error;
  const errno = errnoOf(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return noSpaceLeft(path, errno, error);
  const reason = errno === undefined ? undefined : REASONS[errno];
  const what = reason?.what ?? (error instanceof Error ? error.message : String(error));
  return new BackupError('fileProblem', `Could not ${doing} ${path}: ${what}.`, {
    unharmed: 'No blob was changed.',
    hint: reason?.hint ?? 'Check the path and the disk of this machine.',
    cause: error,
  });
}

/** Runs `work` and translates what it throws. */
export async function inPlainWords<T>(doing: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileProblem(error, doing, path);
  }
}

/** The system's short code of an error, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

function noSpaceLeft(path: string, errno: string, cause: unknown): BackupError {
  const what = errno === 'EDQUOT' ? 'the quota of this user is used up' : 'the disk of this machine is full';
  return new BackupError('noSpace', `Could not write to ${path}: ${what}.`, {
    unharmed: 'No blob was changed, and what was written so far is kept.',
    hint: 'Make room and run the same command again: it goes on from there.',
    cause,
  });
}

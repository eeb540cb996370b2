import { inspect } from 'node:util';
import { BackupError, isBackupError } from '../engine/errors.ts';
import { exitStatusOf } from './exitStatus.ts';
import type { People } from './people.ts';

/** What a failed command prints as its last JSON object. */
export interface ErrorObject {
  readonly code: string;
  readonly message: string;
  readonly unharmed: string | undefined;
  readonly hint: string | undefined;
  readonly exitStatus: number;
  readonly service?: BackupError['service'];
}

/** Every error as one with a code and a text for people. */
export function reportable(error: unknown, whenStopped: string | undefined): BackupError {
  if (isBackupError(error, 'cancelled')) {
    return new BackupError('cancelled', error.message, { unharmed: whenStopped ?? 'Nothing was changed.', cause: error });
  }
  if (error instanceof BackupError) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new BackupError('unexpected', `Something happened that this program did not expect: ${what}`, {
    unharmed: 'Recovery points that were made before are as they were.',
    hint: 'Run it again with --verbose and report what it prints.',
    cause: error,
  });
}

/** The error for `--json`. @param unharmed what is told where the error says nothing of that */
export function errorObject(error: BackupError, unharmed = error.unharmed): ErrorObject {
  const { code, message, hint, service } = error;
  return { code, message, unharmed, hint, exitStatus: exitStatusOf(error), ...(service && { service }) };
}

/** The error for people; stacks and the service's own words with `--verbose` only. */
export function tellError(people: People, error: BackupError, isVerbose: boolean, unharmed = error.unharmed): void {
  people.line([error.message, unharmed, error.hint].filter(Boolean).join(' '), 'error');
  if (!isVerbose) return;
  people.line(`code: ${error.code}${error.service ? `, service: ${inspect(error.service, { breakLength: Infinity })}` : ''}`);
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    for (const line of (each.stack ?? each.message).split('\n')) people.line(line);
}

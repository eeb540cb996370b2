import { BackupError } from '../../engine/errors.ts';
import { mapError } from '../errorMap.ts';

/**
 * Makes a `BackupError` of what an ARM call threw. ARM's refusals are other ones than the blob service's: they are about reading resources.
 * @param what such as `the subscription "Contoso"`
 */
export function armError(error: unknown, what: string, signal: AbortSignal | undefined): BackupError {
  const { statusCode, code } = (typeof error === 'object' && error !== null ? error : {}) as { statusCode?: unknown; code?: unknown };
  const service = { ...(typeof statusCode === 'number' ? { status: statusCode } : {}), ...(typeof code === 'string' ? { code } : {}) };
  if (error instanceof BackupError) return error;
  if (statusCode === 401) {
    return new BackupError('signInNeeded', `Azure did not accept the sign-in for ${what}.`, { hint: 'Sign in again.', service });
  }
  if (statusCode === 403) {
    return new BackupError('accessDenied', `The account that is signed in may not list the storage accounts in ${what}.`, {
      hint: 'Ask for the role "Reader" on it, or attach a storage account by its URL.',
      service,
    });
  }
  if (statusCode === 404) {
    return new BackupError('accountNotFound', `Azure does not know ${what} any more.`, { service });
  }
  return mapError(error, { operation: 'discover', target: what, signedBy: 'token', signal, now: Date.now });
}

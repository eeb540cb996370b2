import { BackupError } from '../../../src/engine/errors.ts';
import type { ErrorCode } from '../../../src/engine/errors.ts';

/** A certain refusal of the service: it did nothing. */
export function refusal(code: ErrorCode, message: string): BackupError {
  return new BackupError(code, `${message} (memory service)`);
}

/** 503: certain to have done nothing, and worth repeating. */
export function throttled(retryAfter?: number): BackupError {
  return new BackupError('throttled', 'The service is busy. (memory service)', {
    retryable: true,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** The codes of answers that leave it open whether the operation was done. */
export type AmbiguousCode = 'network' | 'timedOut' | 'serviceFailed';

/** An answer that leaves it open whether the operation was done. */
export function ambiguous(code: AmbiguousCode = 'network'): BackupError {
  return new BackupError(code, 'The connection broke before the answer came. (memory service)', { retryable: true, effect: 'unknown' });
}

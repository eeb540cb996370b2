import { authorizeTarget } from '../auth/authorize.ts';
import { verdict } from '../conditions.ts';
import { invalidHeader, StorageError } from '../errors.ts';
import { parseTarget } from '../request.ts';
import type { Target } from '../request.ts';
import type { Call } from '../service.ts';
import type { BlobEntry, BlobState } from '../store/model.ts';
import { settleCopy } from './copyState.ts';

const MAX_URL = 2048;

export interface CopySource {
  readonly url: string;
  readonly target: Target;
  readonly entry: BlobEntry;
  readonly state: BlobState;
}

/**
 * Finds and opens the blob or snapshot that x-ms-copy-source names, as if its URL were read without the caller's own credentials.
 * @param trusted whether a source in the same account needs nothing more
 * @throws CannotVerifyCopySource with the status of the source's own answer
 */
export function openSource(call: Call, trusted: boolean): CopySource {
  const { service, request } = call;
  const url = request.headers['x-ms-copy-source'] ?? '';
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || url.length > MAX_URL) throw invalidHeader('x-ms-copy-source', url);
  if (!service.hosts.has(parsed.host)) throw refused(new StorageError('ResourceNotFound'));
  const target = parseTarget(`${parsed.pathname}${parsed.search}`);
  const authorization = request.headers['x-ms-copy-source-authorization'];
  try {
    const open = (trusted || service.switches.sameAccountSourceTrusted) && target.account === request.account;
    if (!open || authorization !== undefined || target.query.has('sig')) {
      authorizeTarget(service, target, 'GetBlob', authorization, request.headers['x-ms-version']);
    }
    const found = service.store.blob(target);
    settleCopy(found.entry, service.ticker.now());
    return { url, target, ...found };
  } catch (error) {
    throw error instanceof StorageError ? refused(error) : error;
  }
}

/** The source's conditions, as Put Page From URL answers them: 412, or 304 without a body. */
export function checkSourceConditions(call: Call, state: BlobState): void {
  const found = verdict(call.request.headers, state, 'x-ms-source-');
  if (found !== 'met') throw new StorageError('CannotVerifyCopySource', { status: found === 'failed' ? 412 : 304 });
}

function refused(error: StorageError): StorageError {
  return new StorageError('CannotVerifyCopySource', {
    status: error.status,
    message: error.message,
    headers: { 'x-ms-copy-source-status-code': String(error.status), 'x-ms-copy-source-error-code': error.code },
  });
}

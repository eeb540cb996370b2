import { BackupError, cancelledError } from '../engine/errors.ts';
import { BROKEN, CODES, NETWORK, OTHER, STATUSES, type Meaning } from './errorTable.ts';
import { OPERATIONS, type OperationName } from './operations.ts';
import { redact } from '../engine/redact.ts';
import { refusedAccess } from './refusedAccess.ts';
import type { SasFacts } from './sasFacts.ts';

/** What was being done when something failed. Holds no secret. */
export interface CallContext {
  readonly operation: OperationName;
  /** URL without SAS. */
  readonly target: string;
  readonly snapshot?: boolean;
  /** How the request was signed. */
  readonly signedBy: 'sas' | 'key' | 'token';
  readonly sas?: SasFacts | undefined;
  /** The user's signal, not the deadline's. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds after which the call was given up, if it was. */
  readonly gaveUpAfter?: number | undefined;
  /** Has this host answered before? Then a lookup that fails is the network's fault, not a typing error. */
  readonly answered?: boolean;
  readonly now: () => number;
}

/** The parts of a failed answer that matter. */
export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
  header(name: string): string | undefined;
}

/** Makes a `BackupError` of whatever the SDK threw: code, may it be repeated, may it have worked, what people should know. Never a secret. */
export function mapError(error: unknown, context: CallContext): BackupError {
  if (error instanceof BackupError) return error;
  const answer = answerOf(error);
  if (answer && answer.status >= 300) return refused(answer, context);
  if (context.signal?.aborted) return new BackupError('cancelled', cancelledError().message, { effect: 'unknown' });
  if (context.gaveUpAfter !== undefined) return gaveUp(context, context.gaveUpAfter);
  if (answer || isCutShort(error)) return cutShort(context, answer);
  const errno = errnoOf(error);
  if (errno !== undefined) return brokeDown(errno, context);
  const cause = new Error(redact(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  return new BackupError('unexpected', `${couldNot(context)}: ${redact(messageOf(error))}`, { effect: 'unknown', cause });
}

/** "Could not read from https://…" */
export function couldNot(context: Pick<CallContext, 'operation' | 'target'>): string {
  return `Could not ${OPERATIONS[context.operation].doing} ${redact(context.target)}`;
}

/** The service answered with an error. */
function refused(answer: Answer, context: CallContext): BackupError {
  const meaning = inContext(refusedAccess(answer, context) ?? meaningOf(answer), answer, context);
  const details = redact(
    meaning.code === 'unexpected' ? ` (${answer.status} ${[answer.code, wordsOf(answer.text)].filter(Boolean).join(': ')})` : '',
  );
  const retryAfter = retryAfterOf(answer, context.now());
  return new BackupError(meaning.code, `${couldNot(context)}: ${meaning.what}${details}.`, {
    retryable: meaning.retryable ?? false,
    effect: isCertain(answer.status) ? 'none' : 'unknown',
    service: serviceOf(answer),
    ...(meaning.hint === undefined ? {} : { hint: meaning.hint }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

function meaningOf(answer: Answer): Meaning {
  const known = answer.code === undefined ? undefined : CODES[answer.code];
  if (known) return known;
  return STATUSES[answer.status] ?? (answer.status >= 500 ? STATUSES[500]! : OTHER);
}

/** The few codes whose meaning depends on what was asked. */
function inContext(meaning: Meaning, answer: Answer, context: CallContext): Meaning {
  const { operation } = context;
  if (meaning.code === 'blobNotFound') return missing(meaning, answer, context);
  if (meaning.code === 'conditionNotMet' && (operation === 'create' || operation === 'startCopy') && answer.status === 412) {
    return CODES['BlobAlreadyExists']!;
  }
  if (meaning.code === 'copySourceRefused') return copySource(meaning, answer);
  // A HEAD has no body that names the header, and no header but the version that could be wrong.
  if (answer.code === 'InvalidHeaderValue' && (operation === 'properties' || /x-ms-version/i.test(answer.text))) {
    return CODES['FeatureVersionMismatch']!;
  }
  if (operation === 'createRecord' && (answer.code === 'InvalidBlobType' || answer.code === 'BlobTypeNotSupported')) {
    return {
      code: 'notSupported',
      what: 'the account takes no block blobs',
      hint: 'Keep the catalogue of a premium page-blob account in a standard account.',
    };
  }
  return meaning;
}

/** Soft delete hides a blob together with its snapshots; other tools tell it apart from one that never was, and so do we. */
function missing(meaning: Meaning, answer: Answer, context: CallContext): Meaning {
  const code = context.snapshot ? 'snapshotNotFound' : 'blobNotFound';
  if (answer.header('x-ms-is-soft-deleted') === 'true') {
    return {
      code,
      what: 'it has been deleted, and can still be brought back',
      hint: 'Undelete the blob; its snapshots come back with it.',
    };
  }
  return context.snapshot ? { code, what: 'there is no such snapshot, or no such blob', hint: 'Check the id of the snapshot.' } : meaning;
}

/** Why the service could not read the source of a copy; a source that was only busy is worth another try. */
function copySource(meaning: Meaning, answer: Answer): Meaning {
  // Older versions answer with the source's status and name no other.
  const status = Number(answer.header('x-ms-copy-source-status-code') ?? ([401, 403, 404].includes(answer.status) ? answer.status : 0));
  const code = answer.header('x-ms-copy-source-error-code');
  const source = (code === undefined ? undefined : CODES[code]) ?? STATUSES[status];
  if (status >= 500 || source?.retryable)
    return { ...(source ?? STATUSES[500]!), what: `at the source, ${source?.what ?? 'the service failed'}`, retryable: true };
  return source ? { ...meaning, what: `${meaning.what}: ${source.what}` } : meaning;
}

function gaveUp(context: CallContext, seconds: number): BackupError {
  return new BackupError('timedOut', `${couldNot(context)}: no answer within ${Math.round(seconds)} seconds.`, {
    retryable: true,
    effect: 'unknown',
    hint: 'Check the network.',
  });
}

function cutShort(context: CallContext, answer: Answer | undefined): BackupError {
  const status = answer ? ` (status ${answer.status})` : '';
  return new BackupError(
    'incompleteAnswer',
    `${couldNot(context)}: the answer was cut short, garbled, or not one that is documented${status}.`,
    {
      retryable: true,
      effect: 'unknown',
      hint: 'Try again; if it stays so, something between here and the service alters what it says.',
      ...(answer ? { service: serviceOf(answer) } : {}),
    },
  );
}

function brokeDown(errno: string, context: CallContext): BackupError {
  const { sent, ...meaning } = NETWORK[errno] ?? BROKEN;
  return new BackupError(meaning.code, `${couldNot(context)}: ${meaning.what} (${errno}).`, {
    retryable: (meaning.retryable ?? false) || (meaning.code === 'hostNotFound' && (context.answered ?? false)),
    effect: sent ? 'unknown' : 'none',
    ...(meaning.hint === undefined ? {} : { hint: meaning.hint }),
  });
}

/** What an answer says, without its markup. */
function wordsOf(text: string): string {
  const message = /<Message>([^<]*)/.exec(text)?.[1] ?? text.replaceAll(/<[^>]*>/g, ' ');
  return message.replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}

/** Law 5: 4xx and 503 had no effect for certain; 408 comes from proxies that may have passed the request on. */
function isCertain(status: number): boolean {
  return status === 503 || status === 501 || (status >= 400 && status < 500 && status !== 408);
}

function serviceOf(answer: Answer): NonNullable<BackupError['service']> {
  const requestId = answer.header('x-ms-request-id');
  return {
    status: answer.status,
    ...(answer.code === undefined ? {} : { code: redact(answer.code) }),
    ...(requestId === undefined ? {} : { requestId: redact(requestId) }),
  };
}

/** Milliseconds of a Retry-After header, in seconds or as a date. */
function retryAfterOf(answer: Answer, now: number): number | undefined {
  const text = answer.header('x-ms-retry-after-ms') ?? answer.header('retry-after');
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return answer.header('x-ms-retry-after-ms') === undefined ? Number(text) * 1000 : Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Reads the SDK's RestError without trusting its shape. */
function answerOf(error: unknown): Answer | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { statusCode, response, message } = error as { statusCode?: unknown; response?: SdkResponse; message?: unknown };
  const status = typeof statusCode === 'number' ? statusCode : response?.status;
  if (typeof status !== 'number' || status < 100) return undefined;
  const header = (name: string): string | undefined => response?.headers?.get(name) ?? undefined;
  const text = response?.bodyAsText || (typeof message === 'string' ? message : '');
  return { status, code: header('x-ms-error-code') ?? /<Code>([^<]+)<\/Code>/.exec(text)?.[1], text, header };
}

interface SdkResponse {
  readonly status?: number;
  readonly headers?: { get(name: string): string | undefined };
  readonly bodyAsText?: string | null;
}

/** The SDK reports a body that ended too early as a parse error, as "data corruption", or as an abort that nobody asked for. */
function isCutShort(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return error.name === 'AbortError' || code === 'PARSE_ERROR' || /^Data corruption failure|premature close/i.test(error.message);
}

function errnoOf(error: unknown): string | undefined {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown };
  return typeof code === 'string' && /^(E[A-Z_]+|[A-Z]+_[A-Z_]+)$/.test(code) ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { StorageError } from './errors.ts';
import type { BlobState } from './store/model.ts';

type Headers = Readonly<Record<string, string>>;
type Verdict = 'met' | 'failed' | 'notModified';

/** If-Match, If-None-Match, If-(Un)Modified-Since of the request or, with the prefix, of a copy source. Times have whole seconds. */
export function verdict(headers: Headers, state: BlobState | undefined, prefix: '' | 'x-ms-source-' = ''): Verdict {
  const ifMatch = headers[`${prefix}if-match`];
  if (ifMatch !== undefined && (state === undefined || (ifMatch !== '*' && ifMatch !== state.etag))) return 'failed';
  const unmodified = seconds(headers[`${prefix}if-unmodified-since`]);
  if (unmodified !== undefined && state !== undefined && Math.floor(state.lastModified / 1000) > unmodified) return 'failed';
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  if (ifNoneMatch !== undefined && state !== undefined && (ifNoneMatch === '*' || ifNoneMatch === state.etag)) return 'notModified';
  const modified = seconds(headers[`${prefix}if-modified-since`]);
  if (modified !== undefined && state !== undefined && Math.floor(state.lastModified / 1000) <= modified) return 'notModified';
  return 'met';
}

/** @throws 412, or 304 without a body: an answer below 400 that brings nothing */
export function checkRead(headers: Headers, state: BlobState): void {
  const found = verdict(headers, state);
  if (found === 'failed') throw new StorageError('ConditionNotMet');
  if (found === 'notModified') throw new StorageError('ConditionNotMet', { status: 304 });
}

/** For what makes or replaces a whole blob. @throws 412; 409 for If-None-Match: * on a blob that exists */
export function checkCreate(headers: Headers, state: BlobState | undefined): void {
  if (headers['if-none-match'] === '*' && state !== undefined) throw new StorageError('BlobAlreadyExists');
  checkWrite(headers, state);
}

/** @throws 412, whatever the condition */
export function checkWrite(headers: Headers, state: BlobState | undefined): void {
  if (verdict(headers, state) !== 'met') throw new StorageError('ConditionNotMet');
}

/** x-ms-if-sequence-number-le, -lt, -eq: what fences page writes. */
export function checkSequenceNumber(headers: Headers, now: number): void {
  const limit = (name: string): number | undefined => {
    const value = headers[`x-ms-if-sequence-number-${name}`];
    return value === undefined ? undefined : Number(value);
  };
  const [le, lt, eq] = [limit('le'), limit('lt'), limit('eq')];
  const met = (le === undefined || now <= le) && (lt === undefined || now < lt) && (eq === undefined || now === eq);
  if (!met) throw new StorageError('SequenceNumberConditionNotMet');
}

function seconds(date: string | undefined): number | undefined {
  const time = date === undefined ? NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

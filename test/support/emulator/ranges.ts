import { invalidHeader, StorageError } from './errors.ts';
import { PAGE } from './store/pageTree.ts';

type Headers = Readonly<Record<string, string>>;

/** Bytes [start, end). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const FORM = /^bytes=(\d+)-(\d*)$/;

/** x-ms-range, else Range; an open end is Infinity. Undefined: none, or a form that the service ignores. */
export function givenRange(headers: Headers): ByteRange | undefined {
  const match = FORM.exec(headers['x-ms-range'] ?? headers['range'] ?? '');
  if (match === null) return undefined;
  return { start: Number(match[1]), end: match[2] === '' ? Infinity : Number(match[2]) + 1 };
}

/** The part of the given range that the blob has. @throws InvalidRange when it has none of it */
export function clipRange(range: ByteRange, length: number): ByteRange {
  if (range.start >= length || range.end <= range.start) {
    throw new StorageError('InvalidRange', { headers: { 'content-range': `bytes */${length}` } });
  }
  return { start: range.start, end: Math.min(range.end, length) };
}

/** The pages that a write names: whole ones. An open end is Infinity. */
export function pageRange(headers: Headers, name = 'x-ms-range'): ByteRange {
  const value = headers[name] ?? (name === 'x-ms-range' ? headers['range'] : undefined);
  const match = FORM.exec(value ?? '');
  if (match === null) throw invalidHeader(name, value);
  const start = Number(match[1]);
  const end = match[2] === '' ? Infinity : Number(match[2]) + 1;
  if (start % PAGE !== 0 || (end !== Infinity && end % PAGE !== 0) || end <= start) throw new StorageError('InvalidPageRange');
  return { start, end };
}

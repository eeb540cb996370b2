import { BackupError } from '../engine/errors.ts';
import { isPageRange, lengthOf, MAX_LENGTH, PAGE, type PageRange } from '../engine/ranges/pageRange.ts';

/** @throws unaligned for what is not whole pages, badInput for more than `most` bytes */
export function requirePages(range: PageRange, most = Infinity): void {
  if (!isPageRange(range)) throw new BackupError('unaligned', `Bytes ${range.start} to ${range.end} are not whole pages of 512 bytes.`);
  if (lengthOf(range) > most) throw new BackupError('badInput', `One request may move ${most} bytes; this one has ${lengthOf(range)}.`);
}

/** @throws unaligned, badInput for a length that no page blob can have (REST: Put Blob) */
export function requireLength(length: number): void {
  if (!Number.isSafeInteger(length) || length < 0 || length % PAGE !== 0) {
    throw new BackupError('unaligned', `A page blob has whole pages of 512 bytes; ${length} bytes are not.`);
  }
  if (length > MAX_LENGTH) throw new BackupError('badInput', `A page blob may have 8 TiB; ${length} bytes are more.`);
}

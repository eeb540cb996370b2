import type { Fence, Metadata } from '../../../src/engine/pageBlob.ts';
import { MAX_LENGTH, MAX_WRITE, PAGE, isPageRange } from '../../../src/engine/ranges/pageRange.ts';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import type { PageBlobState } from './blobState.ts';
import { refusal } from './refusals.ts';

/** @throws unaligned, badInput */
export function checkLength(length: number): void {
  if (!Number.isSafeInteger(length) || length < 0 || length % PAGE !== 0) throw refusal('unaligned', 'A page blob has whole pages.');
  if (length > MAX_LENGTH) throw refusal('badInput', 'A page blob has at most 8 TiB.');
}

/** @throws unaligned, badInput */
export function checkRange(range: PageRange, most: number = Number.MAX_SAFE_INTEGER): void {
  if (!isPageRange(range)) throw refusal('unaligned', `${range.start} to ${range.end} are no whole pages.`);
  if (range.end - range.start > most) throw refusal('badInput', `More than ${most} bytes in one request.`);
}

export function checkTransfer(range: PageRange): void {
  checkRange(range, MAX_WRITE);
}

/** @throws badInput: REST, Put Page, 416 */
export function checkInside(range: PageRange, length: number): void {
  if (range.end > length) throw refusal('badInput', `Pages up to ${range.end} in a blob of ${length} bytes.`);
}

/** REST: names are C# identifiers, 8 KiB in all, ASCII. @throws badInput */
export function checkMetadata(metadata: Metadata): void {
  const entries = Object.entries(metadata);
  const size = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const sound = entries.every(([name, value]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && /^[\x20-\x7e]*$/.test(value));
  if (size > 8192 || !sound) throw refusal('badInput', 'Metadata of more than 8 KiB, or not in ASCII.');
}

/** @throws copyPending */
export function checkNoCopy(blob: PageBlobState): void {
  if (blob.pendingCopy) throw refusal('copyPending', 'A Copy Blob into this blob is under way.');
}

/** @throws leaseHeld, leaseLost, epochMoved */
export function checkFence(blob: PageBlobState, fence: Fence | undefined, now: number, pages: 'pages' | 'other'): void {
  blob.lease.check(fence?.leaseId, now);
  if (pages === 'pages' && fence?.epoch !== undefined && fence.epoch !== blob.sequenceNumber) {
    throw refusal('epochMoved', `The sequence number is ${blob.sequenceNumber}, not ${fence.epoch}.`);
  }
}

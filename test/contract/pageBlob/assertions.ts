import assert from 'node:assert/strict';
import { isBackupError } from '../../../src/engine/errors.ts';
import type { BackupError, ErrorCode } from '../../../src/engine/errors.ts';
import type { BlobImage, Image, PageBlob, SnapshotId } from '../../../src/engine/pageBlob.ts';
import { PAGE } from '../../../src/engine/ranges/pageRange.ts';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import { rangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import type { RangeSet } from '../../../src/engine/ranges/rangeSet.ts';
import type { RangeWindow } from '../../../src/engine/ranges/rangeWindow.ts';

/** Pages `[first, end)` as a range of bytes. */
export function pages(first: number, end: number = first + 1): PageRange {
  return { start: first * PAGE, end: end * PAGE };
}

/** `count` pages whose bytes depend on `mark` and on where they stand. */
export function filled(mark: number, count = 1): Uint8Array {
  const bytes = new Uint8Array(count * PAGE);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (mark * 31 + at * 7 + (at >> 9)) % 251 || 1;
  return bytes;
}

export function zeros(count = 1): Uint8Array {
  return new Uint8Array(count * PAGE);
}

/** Writes `filled(mark, count)` at page `first`. */
export async function writeAt(blob: PageBlob, first: number, mark: number, count = 1): Promise<void> {
  await blob.writePages(first * PAGE, filled(mark, count));
}

/** Reads a whole list: checks that its windows tile `within` exactly and that each is canonical and clipped. @returns the pages as a set */
export async function listed(windows: AsyncIterable<RangeWindow>, within: PageRange): Promise<RangeSet> {
  const all: PageRange[] = [];
  let cursor = within.start;
  for await (const window of windows) {
    assert.equal(window.start, cursor, 'a window begins where the one before ended');
    assert.ok(window.end > window.start && window.end <= within.end, 'a window is not empty and stays inside');
    assert.deepEqual(rangeSet(window.ranges), window.ranges, 'the ranges of a window are canonical');
    for (const { start, end } of window.ranges) {
      assert.ok(
        start >= window.start && end <= window.end && start % PAGE === 0 && end % PAGE === 0,
        'ranges are whole pages, clipped to the window',
      );
    }
    all.push(...window.ranges);
    cursor = window.end;
  }
  assert.equal(cursor, within.end, 'the windows reach the end');
  return rangeSet(all);
}

export async function allocatedIn(image: Image, within?: PageRange): Promise<RangeSet> {
  const range = within ?? { start: 0, end: await image.length() };
  return listed(image.allocated(range), range);
}

export async function changedIn(image: BlobImage, previous: SnapshotId, within?: PageRange): Promise<RangeSet> {
  const range = within ?? { start: 0, end: await image.length() };
  return listed(image.changedSince(previous, range), range);
}

export async function assertBytes(image: Image, range: PageRange, expected: Uint8Array): Promise<void> {
  const bytes = await image.read(range);
  assert.equal(bytes.length, expected.length);
  assert.equal(Buffer.compare(bytes, expected), 0, `the bytes of ${image.label} from ${range.start} to ${range.end}`);
}

/** The call fails with one of `codes`, is certain to have had no effect, and is not worth repeating. */
export async function assertRefused(call: Promise<unknown>, ...codes: [ErrorCode, ...ErrorCode[]]): Promise<BackupError> {
  const error = await call.then(
    () => assert.fail(`should have been refused with ${codes.join(' or ')}`),
    (reason: unknown) => reason,
  );
  assert.ok(isBackupError(error), `a BackupError, not ${String(error)}`);
  assert.ok(codes.includes(error.code), `${codes.join(' or ')}, not ${error.code}: ${error.message}`);
  assert.equal(error.effect, 'none', 'a refusal has no effect');
  assert.equal(error.retryable, false, 'a refusal is not to be repeated as it is');
  return error;
}

/** The first step into a list. */
export async function firstOf<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

/** Everything that a blob holds and says, to show that a refused call changed nothing. */
export async function stateOf(blob: PageBlob): Promise<object> {
  const image = blob.image();
  const { length, etag, metadata, sequenceNumber, lease } = await image.properties();
  const allocated = length > 0 ? await allocatedIn(image) : [];
  const bytes = await Promise.all(allocated.map(async (range) => Buffer.from(await image.read(range)).toString('base64')));
  return { length, etag, metadata, sequenceNumber, lease, allocated, bytes };
}

/** Runs `act`, and shows that the blob is as it was before. */
export async function assertUnchanged(blob: PageBlob, act: () => Promise<unknown>): Promise<void> {
  const before = await stateOf(blob);
  await act();
  assert.deepEqual(await stateOf(blob), before);
}

import { findMarkedSnapshot, takeMarkedSnapshot } from '../../chain/markedSnapshot.ts';
import { KEY, without } from '../../chain/metadata.ts';
import { readOpenRun } from '../../chain/openRun.ts';
import { isBackupError } from '../../errors.ts';
import type { Hold } from '../../hold/hold.ts';
import type { Metadata, PageBlob, SnapshotId } from '../../pageBlob.ts';
import type { Tools } from '../../tools.ts';
import { BEFORE_REWIND } from './safetyMark.ts';

/**
 * The disk as it is before anything is written. A rewind that was interrupted has taken it already, also one to another point: what the disk is now
 * is half of something.
 * @param before the disk's metadata when this run got hold of it
 */
export async function safetySnapshot({ guard, journal }: Hold, before: Metadata, tools: Tools): Promise<SnapshotId> {
  const { retrier, signal, emit } = tools;
  const { record, own } = journal;
  const mark = { key: KEY.run, value: record.run };
  // Whole, whatever the blob says of itself while it is written: a copy of this snapshot is a disk, not an unfinished restore.
  const marks = without(own, KEY.restore, KEY.restoredFrom, KEY.restoredOn);
  const fence = { leaseId: guard.leaseId };
  let id = await earlierSafetySnapshot(guard.blob, before, tools);
  if (id === undefined) {
    id = await takeMarkedSnapshot(guard.blob, mark, marks, BEFORE_REWIND, { retrier, fence, signal });
    // That request may arrive once more: it would make a snapshot of half a disk that passes for the disk as it was.
    await guard.changeId();
  }
  emit({ type: 'note', text: `The disk as it was before is its snapshot ${id}.` });
  // What was written before belongs to this snapshot; without it nothing may be skipped.
  await journal.write({ snapshot: id, ...(record.snapshot !== id && { applied: 0 }) });
  return id;
}

async function earlierSafetySnapshot(disk: PageBlob, before: Metadata, { retrier, signal, emit }: Tools): Promise<SnapshotId | undefined> {
  const open = before[KEY.restore] === 'partial' ? readOpenRun(before) : undefined;
  if (!open) return undefined;
  const { snapshot } = open;
  if (snapshot === undefined) return findMarkedSnapshot(disk, { key: KEY.run, value: open.run }, retrier, signal);
  try {
    await retrier.repeat('properties', () => disk.image(snapshot).length({ signal }), signal);
    return snapshot;
  } catch (error) {
    if (!isBackupError(error, 'snapshotNotFound')) throw error;
    const text = `Somebody has deleted the snapshot ${snapshot}, the disk as it was before an interrupted restore. One of the disk as it is now is taken instead.`;
    emit({ type: 'warning', code: 'safetyGone', text });
    return undefined;
  }
}

import { StorageError } from '../errors.ts';
import type { BlobEntry, BlobState, CopyRecord } from '../store/model.ts';
import { PageMap } from '../store/pageMap.ts';
import { httpDate } from '../ticker.ts';

/** Ends a pending Copy Blob whose time has come. A poll is a look at the blob's properties. */
export function settleCopy(entry: BlobEntry, now: number, poll = false): void {
  const copy = entry.base?.copy;
  const pending = copy?.pending;
  if (entry.base === undefined || copy === undefined || pending === undefined) return;
  if (poll && pending.endsAt === undefined) {
    pending.pollsLeft--;
    copy.copied = Math.floor((copy.total * (pending.polls - pending.pollsLeft)) / Math.max(1, pending.polls) / 512) * 512;
  }
  if (pending.endsAt === undefined ? pending.pollsLeft >= 0 : now < pending.endsAt) return;
  if (pending.fails || !pending.sourceUnchanged()) {
    endCopy(entry.base, 'failed', now);
    copy.description = pending.fails
      ? '500 InternalServerError "Copy failed."'
      : '412 PreconditionFailed "The source blob has been modified."';
  } else {
    entry.base.content = pending.content;
    copy.copied = copy.total;
    copy.status = 'success';
    copy.completedOn = now;
    copy.pending = undefined;
  }
}

/** Aborted and failed copies leave an empty blob with its metadata. */
export function endCopy(state: BlobState, status: 'aborted' | 'failed', now: number): void {
  const copy = state.copy!;
  copy.status = status;
  copy.completedOn = now;
  copy.pending = undefined;
  state.content = state.content instanceof PageMap ? new PageMap(0) : Buffer.alloc(0);
}

/** While a copy writes the blob nobody else may, nor take snapshots or list its pages. */
export function refuseWhilePending(state: BlobState): void {
  if (state.copy?.pending !== undefined) throw new StorageError('PendingCopyOperation');
}

export function copyHeaders(copy: CopyRecord | undefined): Record<string, string> {
  if (copy === undefined) return {};
  const headers: Record<string, string> = {
    'x-ms-copy-id': copy.id,
    'x-ms-copy-source': copy.source,
    'x-ms-copy-status': copy.status,
    'x-ms-copy-progress': `${copy.copied}/${copy.total}`,
  };
  if (copy.completedOn !== undefined) headers['x-ms-copy-completion-time'] = httpDate(copy.completedOn);
  if (copy.description !== undefined) headers['x-ms-copy-status-description'] = copy.description;
  return headers;
}

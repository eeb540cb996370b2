import { hasRoom, KEY } from '../../chain/metadata.ts';
import { readOpenRun } from '../../chain/openRun.ts';
import { BackupError } from '../../errors.ts';
import type { BlobImage, BlobProperties, PageBlob } from '../../pageBlob.ts';

const unharmed = 'Nothing was changed.';

/** Characters of a time, a snapshot's id and a blob's ETag, and what is said around them. */
const MOST_TEXT = 64;

/** @throws leaseHeld, copyPending, busy, notSupported (no room for our marks) */
export function refusePromotion({ lease, leaseDuration, copy, metadata }: BlobProperties, image: BlobImage, { url }: PageBlob): void {
  if (lease === 'leased' || lease === 'breaking') {
    const who = leaseDuration === 'infinite' ? 'it is attached to a VM (infinite lease)' : 'somebody is using it (it is leased)';
    throw new BackupError('leaseHeld', `${url} cannot be overwritten: ${who}.`, {
      unharmed,
      hint: leaseDuration === 'infinite' ? 'Detach the disk first, or restore to a new blob instead.' : 'Try again when that is done.',
    });
  }
  const isOurs = metadata[KEY.restoredFrom] === image.label;
  if (copy?.status === 'pending' && !isOurs) throw new BackupError('copyPending', `A copy into ${url} is still under way.`, { unharmed });
  const text = ' '.repeat(MOST_TEXT);
  const marks = { [KEY.restoredFrom]: image.label, [KEY.restoredOn]: text, [KEY.safety]: text, [KEY.attempt]: text };
  if (!hasRoom(metadata, marks)) {
    throw new BackupError('notSupported', `${url} has so much metadata that the name of the snapshot of it as it was would find no room.`, {
      unharmed,
      hint: 'Take metadata away from the blob first, or restore to a new blob instead.',
    });
  }
  const open = readOpenRun(metadata);
  const before = open?.kind === 'rewind' ? open.snapshot : undefined;
  // What a restore in place has begun can be taken back.
  if (before !== undefined && before === image.snapshot) return;
  if (metadata[KEY.restore] === 'partial' || open) {
    const back = before === undefined ? '' : ` To take it back instead, promote ${before}: the disk as it was before.`;
    throw new BackupError('busy', `A run of this tool on ${url} is not finished.`, {
      unharmed,
      hint: `Run it again to finish it, then promote.${back}`,
    });
  }
}

import { KEY } from '../../chain/metadata.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import { takeHold, type Hold } from '../../hold/hold.ts';
import type { BlobImage, BlobProperties, CopyState, Metadata, PageBlob } from '../../pageBlob.ts';
import type { Tools } from '../../tools.ts';
import { copyByService, followCopy, isLeftover } from '../copy/serviceCopy.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';

/** A recovery point that becomes a base blob of its own. */
export interface Promotion {
  readonly point: BlobImage;
  /** Bytes of the disk. */
  readonly length: number;
  readonly newBackup: PageBlob;
  readonly chain: string;
}

/** @throws alreadyExists where the blob is there and was not begun by a restore of this point */
export function refuseForeignBackup({ metadata, length, copy }: BlobProperties, newBackup: PageBlob, point: BlobImage): void {
  const isOurs = metadata[KEY.restoredFrom] === point.label && metadata[KEY.chain] !== undefined;
  if (isOurs && !(length === 0 && copy === undefined && metadata[KEY.openRun] === undefined)) return;
  throw new BackupError('alreadyExists', `${newBackup.url} exists already.`, {
    unharmed: 'Nothing was changed: a recovery point is never promoted over a blob.',
    hint: 'Name a blob that does not exist for the backups to come.',
  });
}

/**
 * Makes the blob that the point is promoted to, by Copy Blob: no page passes through here. Where the service does not copy, the blob is left to be
 * written page by page. A copy that is under way already is followed.
 * @returns the blob, held by this run, and whether it has the point's pages
 */
export async function promoteAndHold(promotion: Promotion, tools: Tools): Promise<{ readonly hold: Hold; readonly isCopied: boolean }> {
  const { point, length, newBackup, chain } = promotion;
  const metadata = { [KEY.chain]: chain, [KEY.restoredFrom]: point.label };
  const copied = await promote(promotion, metadata, tools);
  const refuse = (properties: BlobProperties) => refuseForeignBackup(properties, newBackup, point);
  const hold = await takeHold(newBackup, { kind: 'promote', source: point.label, parent: 0, length, metadata, refuse }, tools);
  // A copy that an interrupted run has seen counts only while its lease proves that nobody wrote to the blob since.
  const isUntouched = hold.journal.record.applied === length;
  return { hold, isCopied: copied === 'now' || (copied === 'before' && isUntouched) };
}

/** @returns whether the service has copied the point, in this run or in one before */
async function promote({ point, newBackup }: Promotion, metadata: Metadata, tools: Tools): Promise<'now' | 'before' | 'not'> {
  const { retrier, signal, emit } = tools;
  const there = await retrier.repeat('properties', () => propertiesIfThere(newBackup, signal), signal);
  if (there) refuseForeignBackup(there, newBackup, point);
  if (there?.copy?.status === 'success') return 'before';
  // Written page by page before: that is gone on with.
  if (there && there.copy?.status !== 'pending' && !isLeftover(there)) return 'not';

  emit({ type: 'phase', phase: 'copying', text: `Promoting the recovery point to ${newBackup.url}: the service copies it by itself.` });
  let state: CopyState;
  try {
    state =
      there?.copy?.status === 'pending'
        ? await followCopy(newBackup, there.copy, tools)
        : await copyByService(point, newBackup, metadata, { replacing: there?.etag }, tools);
  } catch (error) {
    if (!isBackupError(error, 'copySourceRefused', 'notSupported')) throw error;
    emit({ type: 'warning', code: 'noServiceCopy', text: `${error.message} The pages are written one by one instead.` });
    return 'not';
  }
  if (state.status === 'success') return 'now';
  const why = state.description ? ` (${state.description})` : '';
  emit({
    type: 'warning',
    code: 'noServiceCopy',
    text: `The service ended the copy: ${state.status}${why}. The pages are written one by one instead.`,
  });
  return 'not';
}

import { l10n, window } from 'vscode';
import { notices } from '../../notices.ts';
import { isBackupError } from '../../../engine/errors.ts';
import { toolsFor, type JobOptions } from '../../../engine/tools.ts';
import { showNeighbour } from '../../difference/bytes/showBytes.ts';
import { openSubject } from '../../difference/openSubject.ts';
import { comparePointWithPrevious, compareSnapshotWithPrevious } from '../../difference/previous.ts';
import { urlOf, type ImageRef } from '../../difference/subject.ts';
import { imageText } from '../../difference/words.ts';
import { setContexts } from '../../tree/contextKeys.ts';
import { placeOf } from '../../words/places.ts';
import { askBlob } from '../ask/askBlob.ts';
import { backupsOfDisk, summaryOf } from '../backup/chainsOfDisk.ts';
import { withLooking } from '../progress.ts';
import { diskOf, rowOf } from '../rows.ts';
import type { CommandTools, Handler } from '../tools.ts';
import { askImage } from './askImage.ts';
import { imageOfRow } from './imageOfRow.ts';

/** What *Select for Compare* has taken; a window remembers one. */
let selected: ImageRef | undefined;

/** *Compare with Previous*: a snapshot, a recovery point, or the newest point of the backup blob that a button names. */
export const compareWithPrevious: Handler = async (tools, first) => {
  if (typeof first === 'string') return comparePointWithPrevious({ backup: first, number: undefined }, tools);
  const row = rowOf(first);
  if (row?.kind === 'point') return comparePointWithPrevious({ backup: row.backup, number: row.point.entry.number }, tools);
  const image = imageOfRow(first) ?? (await askImage(l10n.t('Compare with Previous'), tools));
  if (image) await compareSnapshotWithPrevious(image, tools);
};

/** *Select for Compare* */
export const selectForCompare: Handler = async (tools, first) => {
  const image = imageOfRow(first) ?? (await askImage(l10n.t('Select for Compare'), tools));
  if (!image) return;
  selected = image;
  setContexts({ hasSelectedForCompare: true });
  window.setStatusBarMessage(
    l10n.t('Selected {0} for comparing', imageText(image, { before: undefined, after: image }, tools.voice).detail),
    3000,
  );
};

/** *Compare with Selected*: what was selected comes first. */
export const compareWithSelected: Handler = async (tools, first) => {
  const before = selected;
  const after = imageOfRow(first) ?? (await askImage(l10n.t('Compare with Selected'), tools));
  if (before && after) await openSubject({ kind: 'pair', pair: { before, after } }, tools.voice);
};

/** *Show What Changed Since the Last Backup*: the disk's snapshot that the newest recovery point equals, against the disk now. */
export const showChangesSinceBackup: Handler = async (tools, first) => {
  const disk = diskOf(first) ?? (await askBlob(l10n.t('Show What Changed Since the Last Backup'), 'disk', tools));
  if (disk === undefined) return;
  const row = rowOf(first);
  const chain = row && 'backup' in row ? row.backup : undefined;
  const title = l10n.t('Looking for the last backup of {0}', placeOf(disk).name);
  const before = await withLooking(title, () => lastBackup(disk, chain, tools));
  if (before) await openSubject({ kind: 'pair', pair: { before, after: { blob: disk, snapshot: undefined } } }, tools.voice);
  else await notices.showInformationMessage(l10n.t('There is no backup of this disk yet.'));
};

/** *Show Churn*: how much each recovery point of a chain changed. */
export const showChurn: Handler = async (tools, first) => {
  const backup = await backupFor(first, tools);
  if (backup !== undefined) await openSubject({ kind: 'churn', backup }, tools.voice);
};

export const nextBytes: Handler = ({ voice }, shown) => showNeighbour(shown, 'next', voice);
export const previousBytes: Handler = ({ voice }, shown) => showNeighbour(shown, 'previous', voice);

/** The snapshot of the disk itself, where it is still there: the service can tell what changed since. Else the recovery point, to be read. */
async function lastBackup(disk: string, chain: string | undefined, tools: CommandTools): Promise<ImageRef | undefined> {
  const backup = chain ?? (await backupsOfDisk(disk, tools))[0];
  const newest = backup === undefined ? undefined : (await summaryOf(backup, tools)).newest;
  if (backup === undefined || !newest) return undefined;
  const anchor = { blob: disk, snapshot: newest.entry.source.snapshot };
  return (await isThere(anchor, tools, tools.job)) ? anchor : { blob: backup, snapshot: newest.entry.backup.snapshot };
}

async function isThere(image: ImageRef, { session }: CommandTools, job: JobOptions): Promise<boolean> {
  const { retrier, signal } = toolsFor(job);
  const opened = await session.image(urlOf(image));
  try {
    await retrier.repeat('properties', () => opened.length({ signal }), signal);
    return true;
  } catch (error) {
    if (isBackupError(error, 'snapshotNotFound', 'blobNotFound')) return false;
    throw error;
  }
}

async function backupFor(first: unknown, tools: CommandTools): Promise<string | undefined> {
  const row = rowOf(first);
  if (!row || !('backup' in row)) return askBlob(l10n.t('Show Churn'), 'backup', tools);
  if (row.backup !== undefined || row.kind !== 'blob') return row.backup;
  const title = l10n.t('Looking for the backups of {0}', placeOf(row.url).name);
  const [backup] = await withLooking(title, () => backupsOfDisk(row.url, tools));
  if (backup === undefined) await notices.showInformationMessage(l10n.t('There is no backup of this disk yet.'));
  return backup;
}

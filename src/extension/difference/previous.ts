import { l10n } from 'vscode';
import { notices } from '../notices.ts';
import { BackupError } from '../../engine/errors.ts';
import { pointsPage } from '../../engine/jobs/points/pointsPage.ts';
import type { RecoveryPoint } from '../../engine/jobs/points/points.ts';
import { toolsFor } from '../../engine/tools.ts';
import { openSubject } from './openSubject.ts';
import type { ImageRef } from './subject.ts';
import type { DifferenceTools } from './tools.ts';

type Tools = Pick<DifferenceTools, 'session' | 'job' | 'voice'>;

/** So many points before one are looked at for a snapshot that is still there. */
const LOOK_BACK = 16;

/** Opens what changed to get from the point before to this one. @throws what reading the catalogue throws; badInput */
export async function comparePointWithPrevious(
  { backup, number }: { readonly backup: string; readonly number: number | undefined },
  tools: Tools,
): Promise<void> {
  const [point] = await pointsBelow(backup, number === undefined ? undefined : number + 1, 1, tools);
  if (!point || (number !== undefined && point.entry.number !== number)) {
    throw new BackupError('badInput', tools.voice.t('There is no such recovery point.'));
  }
  const earlier = await pointsBelow(backup, point.entry.number, LOOK_BACK, tools);
  const previous = earlier.find(({ state }) => state !== 'missing');
  const imageOf = ({ entry }: RecoveryPoint): ImageRef => ({ blob: backup, snapshot: entry.backup.snapshot });
  const hasNone = tools.voice.t('There is no earlier recovery point that could be compared with.');
  await openOrOfferEmpty(previous && imageOf(previous), imageOf(point), hasNone, tools);
}

/** Opens what changed between the snapshot before this one and it. @throws what listing snapshots throws; snapshotNotFound */
export async function compareSnapshotWithPrevious(after: ImageRef, tools: Tools): Promise<void> {
  const { retrier, signal } = toolsFor(tools.job);
  const blob = await tools.session.pageBlob(after.blob);
  const ids = await retrier.repeat('snapshots', () => Array.fromAsync(blob.snapshots({ signal }), ({ id }) => id), signal);
  // The blob now comes after all of them.
  const at = after.snapshot === undefined ? ids.length : ids.indexOf(after.snapshot);
  if (at < 0) {
    throw new BackupError('snapshotNotFound', tools.voice.t('This snapshot is gone: it was deleted meanwhile.'), {
      hint: tools.voice.t('Refresh the tree to see the points that there are.'),
    });
  }
  const previous = at > 0 ? { blob: after.blob, snapshot: ids[at - 1] } : undefined;
  const hasNone =
    after.snapshot === undefined
      ? tools.voice.t('This blob has no snapshot that it could be compared with.')
      : tools.voice.t('This is the oldest snapshot: there is none before it.');
  await openOrOfferEmpty(previous, after, hasNone, tools);
}

async function openOrOfferEmpty(before: ImageRef | undefined, after: ImageRef, hasNone: string, { voice }: Tools): Promise<void> {
  if (before) return openSubject({ kind: 'pair', pair: { before, after } }, voice);
  const show = l10n.t('Compare with an Empty Disk');
  if ((await notices.showInformationMessage(hasNone, show)) === show) await openSubject({ kind: 'pair', pair: { before, after } }, voice);
}

async function pointsBelow(
  url: string,
  below: number | undefined,
  most: number,
  { session, job }: Tools,
): Promise<readonly RecoveryPoint[]> {
  const [backup, catalogue] = await Promise.all([session.pageBlob(url), session.recordStoreFor(url)]);
  return (await pointsPage({ backup, catalogue }, { below, most }, job)).points;
}

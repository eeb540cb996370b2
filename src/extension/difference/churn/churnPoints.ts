import type { RecoveryPoint } from '../../../engine/jobs/points/points.ts';
import { sizeText } from '../../../engine/sizeText.ts';
import type { ChurnPoint } from '../../../messages/difference.ts';
import { countText } from '../../words/amounts.ts';
import { crowdedPoints, kindWord } from '../../words/point.ts';
import { distinctText, timeIn } from '../../words/times.ts';
import type { Voice } from '../../words/voice.ts';
import { shareText } from '../words.ts';
import { standingOut } from './standOut.ts';

/** From that part of a disk on, all of it was written at once rather than used. */
const MOST_OF_A_DISK = 0.5;

/** The points as the page shows them, with a note on each that stands out. @param points oldest first */
export function churnPoints(
  points: readonly RecoveryPoint[],
  hasOlder: boolean,
  voice: Voice,
): { readonly points: readonly ChurnPoint[]; readonly usual: number | undefined } {
  // A full copy changes all that the disk holds, which says nothing about the disk.
  const { usual, times } = standingOut(points.map(({ entry }) => (entry.kind === 'full' ? undefined : entry.written + entry.cleared)));
  const crowded = crowdedPoints(points, voice);
  const shown = points.map((point, i): ChurnPoint => {
    const { entry } = point;
    const time = timeIn(entry.startedOn);
    const label = time === undefined ? voice.t('Point {0}', entry.number) : distinctText(time, crowded, voice);
    return {
      number: entry.number,
      time,
      label,
      type: kindWord(entry.kind, voice),
      written: entry.written,
      cleared: entry.cleared,
      trouble: troubleOf(point, voice),
      note: noteOf(point, times[i], voice),
      canCompare: point.state !== 'missing' && (hasOlder || points.slice(0, i).some(({ state }) => state !== 'missing')),
    };
  });
  return { points: shown, usual };
}

function noteOf({ entry }: RecoveryPoint, times: number | undefined, voice: Voice): string {
  if (times === undefined) return '';
  const { t } = voice;
  const changed = entry.written + entry.cleared;
  const { length } = entry.source;
  const share = shareText(changed, length, voice);
  const head =
    times < 1_000_000
      ? t('{0} changed, {1} of the disk and {2} times as much as usual.', sizeText(changed), share, countText(Math.round(times), voice))
      : t('{0} changed, {1} of the disk, where hardly anything is usual.', sizeText(changed), share);
  const guess =
    changed >= length * MOST_OF_A_DISK
      ? t('Re-formatting or restoring a disk looks like that, and so does its encryption, by you or by ransomware.')
      : t('Look at what changed: an update or a copy of many files looks like that, and so does ransomware at work.');
  return `${head} ${guess}`;
}

function troubleOf({ state }: RecoveryPoint, { t }: Voice): string {
  if (state === 'missing') return t('missing');
  return state === 'failed' ? t('found wrong') : '';
}

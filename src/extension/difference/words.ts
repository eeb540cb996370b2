import type { ImageText, RemedyButton } from '../../messages/difference.ts';
import { isBackupError } from '../../engine/errors.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { countText } from '../words/amounts.ts';
import { failureOf } from '../words/failure.ts';
import { placeOf } from '../words/places.ts';
import { crowdedMoments, distinctText, exactText, timeIn } from '../words/times.ts';
import type { Voice } from '../words/voice.ts';
import type { Gathered, GatherProgress } from './gather.ts';
import { isOneBlob, isSame } from './samePair.ts';
import type { ImageRef, Pair, Subject } from './subject.ts';

/** `20 Nov 14:00`, `now`; with the seconds where both are of one minute, with the account where the two are not of one blob. */
export function imageText(ref: ImageRef | undefined, pair: Pair, voice: Voice): ImageText {
  const { t } = voice;
  if (!ref) return { label: t('empty disk'), detail: t('Set beside an empty disk: all that it holds counts as written.') };
  const time = timeIn(ref.snapshot);
  const crowded = crowdedMoments([timeIn(pair.before?.snapshot), timeIn(pair.after.snapshot)], voice);
  const when = ref.snapshot === undefined ? t('now') : time === undefined ? ref.snapshot : distinctText(time, crowded, voice);
  const { account, path } = placeOf(ref.blob);
  const exact = ref.snapshot === undefined ? t('as it is now') : time === undefined ? ref.snapshot : exactText(time, voice);
  const isElsewhere = pair.before !== undefined && !isOneBlob(pair);
  return { label: isElsewhere ? t('{0} in {1}', when, account) : when, detail: `${account} / ${path} · ${exact}` };
}

/** `disk.vhd: 20 Nov 14:00 → 21 Nov 02:00` */
export function titleOf(subject: Subject, voice: Voice): string {
  const { t } = voice;
  if (subject.kind === 'churn') return t('Churn of {0}', placeOf(subject.backup).name);
  const { pair } = subject;
  const [before, after] = [pair.before, pair.after].map((ref) => imageText(ref, pair, voice).label) as [string, string];
  return `${placeOf(pair.after.blob).name}: ${before} → ${after}`;
}

export function progressText({ phase }: GatherProgress, { t }: Voice): string {
  switch (phase) {
    case 'looking':
      return t('Looking at the two images');
    case 'listing':
      return t('The service lists the pages that changed');
    case 'comparing':
      return t('Reading both images and comparing them');
  }
}

/** `310 MiB written · 12 MiB cleared · 0.03 % of 1 TiB · 4,812 ranges`, or why there is nothing. */
export function headlineOf({ plan, changes, length, pair }: Gathered, voice: Voice): string {
  const { t } = voice;
  const { written, cleared, ranges } = changes.totals;
  if (ranges === 0) {
    if (!pair.before) return t('The disk is empty: it holds no page.');
    if (plan.by === 'touched') return t('Nothing changed: no page was written or cleared between the two.');
    return plan.lengthBefore === plan.lengthAfter
      ? t('The two are equal, byte for byte.')
      : t('The two differ in size only: all bytes are equal, and what one has more is empty.');
  }
  return [
    ...(written > 0 ? [t('{0} written', sizeText(written))] : []),
    ...(cleared > 0 ? [t('{0} cleared', sizeText(cleared))] : []),
    t('{0} of {1}', shareText(written + cleared, length, voice), sizeText(length)),
    ranges === 1 ? t('1 range') : t('{0} ranges', countText(ranges, voice)),
  ].join(' · ');
}

/** `0.03 %`, two figures; never 0 where there is something, never 100 where there is not all. */
export function shareText(part: number, whole: number, { t, locale }: Voice): string {
  const percent = whole > 0 ? (part / whole) * 100 : 0;
  if (percent > 0 && percent < 0.01) return t('< {0} %', new Intl.NumberFormat(locale).format(0.01));
  const shown = part < whole && percent > 99 ? Math.floor(percent * 10) / 10 : percent;
  const options = shown >= 99 ? { maximumFractionDigits: 1 } : { maximumSignificantDigits: 2 };
  return t('{0} %', new Intl.NumberFormat(locale, options).format(shown));
}

/** What somebody should know about a difference, one sentence each. */
export function notesOf({ plan, isSwapped, pair, changes, layout }: Gathered, voice: Voice): string[] {
  const { t } = voice;
  const { lengthBefore, lengthAfter } = plan;
  const grown = lengthAfter - lengthBefore;
  const { joinedWithin } = changes.changes;
  return [
    ...(isSwapped ? [t('The two were the wrong way round, so they were swapped: the older one comes first.')] : []),
    ...(isSame(pair) ? [t('Both are the same image.')] : pair.before ? [plan.reason] : []),
    ...(grown > 0 ? [t('The disk has grown from {0} to {1}.', sizeText(lengthBefore), sizeText(lengthAfter))] : []),
    ...(grown < 0
      ? [t('The disk has shrunk from {0} to {1}; what lay behind that is gone.', sizeText(lengthBefore), sizeText(lengthAfter))]
      : []),
    ...(joinedWithin > 0
      ? [
          t(
            'There are too many ranges to show each: those that are at most {0} apart are shown as one. The totals are exact.',
            sizeText(joinedWithin),
          ),
        ]
      : []),
    ...(layout?.notes ?? []),
  ];
}

/** Why two images cannot be compared. */
export function troubleText(error: unknown, voice: Voice): string {
  if (isBackupError(error, 'snapshotNotFound', 'previousSnapshotNotFound')) {
    return voice.t('One of the two snapshots is gone: it was deleted, so the two cannot be compared any more.');
  }
  return failureOf(error, voice).text;
}

export function remediesOf(error: unknown, voice: Voice): RemedyButton[] {
  const { t } = voice;
  const texts = { signIn: t('Sign In'), attach: t('Attach Account…'), showLog: t('Show Log') };
  return failureOf(error, voice).remedies.flatMap(
    (id) => (id in texts ? { id, text: texts[id as keyof typeof texts] } : []) as RemedyButton[],
  );
}

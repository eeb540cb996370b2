import type { PrunedPoint, PrunePlan } from '../../engine/jobs/prune/plan.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { pointsText } from './amounts.ts';
import { momentText, timeIn } from './times.ts';
import type { Voice } from './voice.ts';

/** A dialog has no more room. */
const MOST_LINES = 12;

export interface PruneWords {
  readonly text: string;
  readonly detail: string;
  /** The same with every point, where the detail is cut short. */
  readonly full: string | undefined;
  /** Points that would be deleted. */
  readonly deletes: number;
}

/** The question before a prune: every point that goes, every one that stays, and why. */
export function pruneWords({ points, policy, freed, warnings }: PrunePlan, name: string, voice: Voice): PruneWords {
  const { t } = voice;
  const goes = points.filter(({ action }) => action === 'delete');
  const stays = points.filter(({ action }) => action === 'keep');
  const text =
    goes.length === 0
      ? t('Nothing to prune in {0}: every recovery point is kept.', name)
      : freed === undefined
        ? t('Delete {0} of {1}?', pointsText(goes.length, voice), name)
        : t('Delete {0} of {1}? That frees {2}.', pointsText(goes.length, voice), name, sizeText(freed));
  const textOf = (most: number): string => {
    const parts = [
      t('Kept are: {0}.', policy),
      goes.length > 0 ? listText(t('These go:'), goes, most, voice) : '',
      listText(t('These stay:'), stays, most, voice),
      ...warnings,
      goes.length > 0 ? t('This cannot be undone, unless soft delete is on in the storage account.') : '',
    ];
    return parts.filter(Boolean).join('\n\n');
  };
  const isCut = Math.max(goes.length, stays.length) > MOST_LINES;
  return { text, detail: textOf(MOST_LINES), full: isCut ? textOf(Infinity) : undefined, deletes: goes.length };
}

function listText(title: string, points: readonly PrunedPoint[], most: number, voice: Voice): string {
  const lines = points.slice(0, most).map((point) => lineOf(point, voice));
  const rest = points.length > most ? [voice.t('… and {0} more', points.length - most)] : [];
  return [title, ...lines, ...rest].join('\n');
}

/** `12 · 21 Nov 14:00 · 1.2 MiB: newest of day 2026-11-21` */
function lineOf({ number, startedOn, reasons, freed }: PrunedPoint, voice: Voice): string {
  const time = timeIn(startedOn);
  const facts = [
    String(number),
    time === undefined ? undefined : momentText(time, voice),
    freed === undefined ? undefined : sizeText(freed),
  ];
  return `${facts.filter(Boolean).join(' · ')}: ${reasons.join('; ')}`;
}

import type { PromotePlan } from '../../engine/jobs/promote/promote.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { placeOf } from './places.ts';
import { secondText, timeIn } from './times.ts';
import type { Voice } from './voice.ts';

/** A promotion as a question: what the engine's plan says becomes of the blob and of its chain. */
export interface PromotionWords {
  readonly text: string;
  readonly detail: string;
  readonly button: string;
}

/** @param isBackup the blob holds recovery points, and is not the disk */
export function promotionWords(plan: PromotePlan, isBackup: boolean, voice: Voice): PromotionWords {
  const { t } = voice;
  const { account, path, name } = placeOf(plan.blob);
  const time = timeIn(plan.snapshot);
  const moment = time === undefined ? plan.snapshot : secondText(time, voice);
  const size =
    plan.length === plan.lengthNow
      ? t('{0} / {1}, {2}.', account, path, sizeText(plan.length))
      : t('{0} / {1} has {2} now, and {3} afterwards.', account, path, sizeText(plan.lengthNow), sizeText(plan.length));
  const parts = [
    size,
    ...(plan.resumes ? [t('It goes on with a promotion that was interrupted.')] : []),
    ...plan.warnings,
    isBackup
      ? t(
          'This blob holds the backups: the disk itself is not touched by this, and all recovery points stay. To get a disk back, restore instead.',
        )
      : t('Where the disk has backups, “Rewind to This Point” takes it back without that: its chain goes on.'),
  ];
  return {
    text: t('Overwrite {0} with its snapshot of {1}?', name, moment),
    detail: parts.join('\n\n'),
    button: plan.resumes ? t('Go On') : t('Overwrite the Blob'),
  };
}

import type { BackupPlan } from '../../engine/jobs/backup/plan.ts';
import type { Estimate } from '../../engine/jobs/estimate.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { countText, durationText } from './amounts.ts';
import { kindWord } from './point.ts';
import type { Voice } from './voice.ts';

/** What the next backup of `name` will do: a line, and the details below it. */
export function estimateWords(
  name: string,
  plan: Pick<BackupPlan, 'kind' | 'reason' | 'estimate' | 'resumes' | 'warnings'> & { readonly source: { readonly length: number } },
  voice: Voice,
): { readonly text: string; readonly detail: string } {
  const { t } = voice;
  const { kind, reason, estimate, resumes, warnings, source } = plan;
  const text =
    estimate === undefined
      ? t(
          'The next backup of {0} is a {1}: it compares the whole disk, {2}, and what will be copied is known only then.',
          name,
          kindWord(kind, voice),
          sizeText(source.length),
        )
      : estimate.writes + estimate.clears === 0
        ? t('Nothing changed in {0} since its newest recovery point.', name)
        : t('The next backup of {0} is {1}: {2}.', name, kindWord(kind, voice), workText(estimate, voice));
  const detail = [
    reason,
    ...(resumes ? [t('It goes on with the run that was interrupted, from the snapshot which that one took.')] : []),
    ...warnings,
    t('Counted on the disk as it is now. Nothing was changed.'),
  ].join('\n');
  return { text, detail };
}

/** `1.2 GiB to write, 12 MiB to clear, 4,812 requests, at least 21 s` */
export function workText({ written, cleared, writes, clears, secondsAtLimit }: Estimate, voice: Voice): string {
  const { t } = voice;
  const requests = writes + clears;
  const parts = [
    t('{0} to write', sizeText(written)),
    ...(cleared > 0 ? [t('{0} to clear', sizeText(cleared))] : []),
    requests === 1 ? t('1 request') : t('{0} requests', countText(requests, voice)),
    t('at least {0}', durationText(Math.ceil(secondsAtLimit) * 1000, voice)),
  ];
  return parts.join(', ');
}

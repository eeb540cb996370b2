import type { Need } from '../../engine/jobs/points/needs.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { durationText } from './amounts.ts';
import { placeOf } from './places.ts';
import type { RowIcon, Voice } from './voice.ts';

/** One page blob gives no more than 60 MiB a second (Azure: scalability targets for blob storage). */
const BYTES_PER_MS = (60 * 1024 * 1024) / 1000;

/** Shows a snapshot that is needed; the colour is that of the shape it stands for. */
export function lockIcon({ color }: RowIcon): RowIcon {
  return { id: 'lock', ...(color !== undefined && { color }) };
}

/** Why it is needed, and what becomes of that without it. */
export function needText(need: Need, voice: Voice): string {
  return `${whyText(need, voice)} ${costText(need, voice)}`;
}

/** For a tooltip: one paragraph for each need. */
export function lockSentences(needs: readonly Need[], voice: Voice): string[] {
  return needs.map((need) => voice.t('Locked. {0}', needText(need, voice)));
}

/** For a screen reader, in a row. */
export function lockSpeech(needs: readonly Need[], voice: Voice): string[] {
  return needs.map((need) => voice.t('Locked. {0}', whyText(need, voice)));
}

function whyText(need: Need, { t }: Voice): string {
  switch (need.kind) {
    case 'anchor':
      return t('It is the anchor of the chain to {0}: the next backup asks the service what changed since.', placeOf(need.backup).path);
    case 'newestPoint':
      return t('It is recovery point {0}, the newest of its chain: the next backup builds on it.', need.number);
    case 'lastGood':
      return t('It is recovery point {0}, the newest one that is good.', need.number);
    case 'held':
      return t('Recovery point {0} is held: somebody protects it, and no prune deletes it.', need.number);
    case 'restore':
      return t('A restore that is not finished needs recovery point {0}.', need.number);
    case 'openRun':
      return t('A run that is not finished needs it.');
  }
}

function costText(need: Need, voice: Voice): string {
  const { t } = voice;
  switch (need.kind) {
    case 'anchor':
      return t(
        'Without it, the next backup has to compare the whole disk ({0} to read, about {1}). Recovery points that exist stay good.',
        sizeText(need.length),
        durationText(need.length / BYTES_PER_MS, voice),
      );
    case 'newestPoint':
      return t(
        'Without it, that state of the disk is lost, and the next backup has to compare the whole disk ({0} to read, about {1}).',
        sizeText(need.length),
        durationText(need.length / BYTES_PER_MS, voice),
      );
    case 'lastGood':
      return t('Without it, only an older state of the disk can be restored, if there is one.');
    case 'held':
      return t('Release the hold before you delete it.');
    case 'restore':
      return t('Without it, that restore cannot be finished, and its target stays half written.');
    case 'openRun':
      return t('Without it, that run has to begin anew.');
  }
}

import { sizeText } from '../../engine/sizeText.ts';
import { changedShare, comparedBytes, isWhole, type Badge, type Evidence } from '../../engine/proof/evidence.ts';
import type { Proof } from '../../engine/proof/proof.ts';
import { percentText } from './amounts.ts';
import { agoText, exactText, timeIn } from './times.ts';
import type { Voice } from './voice.ts';

/** `all`: every changed page was read from both sides. `part`: some were. `none`: lengths and page lists agree, no content was read. */
export type ProofState = 'all' | 'part' | 'none';

export function proofState(proof: Proof): ProofState {
  const share = changedShare(proof);
  if (share === 1) return 'all';
  return share > 0 ? 'part' : 'none';
}

/** `proven`, `8 % proven`, `not compared`: nothing is called proven that was not read. */
export function proofWord(proof: Proof, voice: Voice): string {
  const state = proofState(proof);
  if (state === 'all') return voice.t('proven');
  if (state === 'none') return voice.t('not compared');
  return voice.t('{0} proven', percentText(proof.changedCompared, proof.changed, voice));
}

/** `proven 2 h ago: all changed pages, 8 % of the rest`. It ages: nobody may keep it. */
export function badgeText({ best }: Badge, voice: Voice): string {
  const { t } = voice;
  if (comparedBytes(best.proof) === 0 && proofState(best.proof) === 'none') return t('not compared: length and allocated pages agree');
  const time = timeIn(best.on);
  const scope = scopeText(best, voice);
  return time === undefined ? t('proven: {0}', scope) : t('proven {0}: {1}', agoText(time, voice), scope);
}

/** The same as a sentence: `Proven 2 h ago: all changed pages.` */
export function badgeSentence(badge: Badge, voice: Voice): string {
  const text = badgeText(badge, voice);
  return `${text.charAt(0).toLocaleUpperCase(voice.locale)}${text.slice(1)}.`;
}

/** What else was read of the point at another time, as a sentence; shares of two comparisons are never added up. */
export function besidesText({ besides }: Badge, voice: Voice): string | undefined {
  if (besides === undefined) return undefined;
  const { t } = voice;
  const time = timeIn(besides.on);
  const scope = scopeText(besides, voice);
  if (besides.by === 'backup') return t('The run that made it had read {0}; perhaps the same pages.', scope);
  return time === undefined
    ? t('Another verification read {0}; perhaps the same pages.', scope)
    : t('A verification {0} read {1}; perhaps the same pages.', agoText(time, voice), scope);
}

/** `21 Nov 2026 14:00:24 UTC`: when the best comparison was made; empty where nothing was compared or nobody tells. */
export function provenOn({ best }: Badge, voice: Voice): string {
  const time = timeIn(best.on);
  return time === undefined || proofState(best.proof) === 'none' ? '' : exactText(time, voice);
}

/** `1.2 GiB of 1.2 GiB that changed, 17 GiB of 212 GiB of the rest` */
export function readText({ best: { proof } }: Badge, { t }: Voice): string {
  const { changed, changedCompared, rest, restCompared } = proof;
  if (comparedBytes(proof) === 0) return '';
  return rest === 0
    ? t('{0} of {1}', sizeText(changedCompared), sizeText(changed))
    : t(
        '{0} of {1} that changed, {2} of {3} of the rest',
        sizeText(changedCompared),
        sizeText(changed),
        sizeText(restCompared),
        sizeText(rest),
      );
}

/** `all changed pages, 8 % of the rest`; `every page`, where there is nothing else. */
function scopeText({ proof }: Evidence, voice: Voice): string {
  const { t } = voice;
  const { changed, changedCompared, rest, restCompared } = proof;
  if (isWhole(proof)) return t('every page');
  const share = percentText(changedCompared, changed, voice);
  if (rest === 0) return t('{0} of the pages', share);
  const parts = [
    changed === 0
      ? t('what changed is empty in both')
      : proofState(proof) === 'all'
        ? t('all changed pages')
        : t('{0} of the changed pages', share),
    ...(restCompared > 0 ? [t('{0} of the rest', percentText(restCompared, rest, voice))] : []),
  ];
  return parts.join(', ');
}

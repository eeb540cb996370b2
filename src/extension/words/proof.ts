import { sizeText } from '../../engine/sizeText.ts';
import type { Proof } from '../../engine/proof/proof.ts';
import { percentText } from './amounts.ts';
import type { Voice } from './voice.ts';

/** `all`: every changed page was read from both sides. `part`: some were. `none`: lengths and page lists agree, no content was read. */
export type ProofState = 'all' | 'part' | 'none';

export function proofState({ level, changed, changedCompared }: Proof): ProofState {
  if (level === 'ranges') return 'none';
  if (changedCompared >= changed) return 'all';
  return changedCompared > 0 ? 'part' : 'none';
}

/** `proven`, `8 % proven`, `not compared`: nothing is called proven that was not read. */
export function proofWord(proof: Proof, voice: Voice): string {
  const state = proofState(proof);
  if (state === 'all') return voice.t('proven');
  if (state === 'none') return voice.t('not compared');
  return voice.t('{0} proven', percentText(proof.changedCompared, proof.changed, voice));
}

/** What was read, for a card. */
export function proofSentence(proof: Proof, { t }: Voice): string {
  const { level, changed, changedCompared, rest, restCompared } = proof;
  if (proofState(proof) === 'none') return t('Length and allocated pages agree with the disk. No content was compared.');
  const parts =
    level === 'full'
      ? t('Every page was compared with the disk and is equal: {0}.', sizeText(changedCompared + restCompared))
      : t('Compared with the disk and equal: {0} of {1} that changed.', sizeText(changedCompared), sizeText(changed));
  return level !== 'full' && rest > 0 && restCompared > 0
    ? `${parts} ${t('Of the rest, {0} of {1}.', sizeText(restCompared), sizeText(rest))}`
    : parts;
}

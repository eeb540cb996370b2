import type { CatalogueIndex } from '../../engine/chain/recordNames.ts';
import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import type { VerifyRule } from '../policy.ts';
import { SKEW_MS } from './due.ts';

export interface VerifyDue {
  readonly isDue: boolean;
  /** When the chain is to be verified next, in milliseconds; now where it is due. */
  readonly next: number;
  /** When it was verified last, in milliseconds; undefined where nobody has yet. */
  readonly last: number | undefined;
}

/**
 * Is a chain to be verified? So long after the last time that read as much as the rule asks for, whoever did it and whatever was found; at once where
 * nobody has yet. Weeks that were missed are made up for by one verification.
 */
export function verifyDueOf({ every, proof }: VerifyRule, verifiedOn: CatalogueIndex['verifiedOn'], now: number): VerifyDue {
  const enough = PROOF_LEVELS.slice(PROOF_LEVELS.indexOf(proof));
  // A time that is far ahead was written by a wrong clock: to believe it would mean no verification until then.
  const times = enough.map((level) => Date.parse(verifiedOn[level] ?? '')).filter((time) => time <= now + SKEW_MS);
  const last = times.length === 0 ? undefined : Math.max(...times);
  const next = last === undefined ? now : last + every;
  return { isDue: next <= now, next: Math.max(next, now), last };
}

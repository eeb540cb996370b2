import type { Proof, ProofLevel } from '../../../src/engine/proof/proof.ts';

/** Bytes: of the changed pages in all and compared, and the same of the rest. */
export function proofOf(level: ProofLevel, changed: number, changedCompared: number, rest = 0, restCompared = 0): Proof {
  return { level, changed, changedCompared, rest, restCompared };
}

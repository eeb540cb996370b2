/**
 * How far a recovery point is compared with the source snapshot it names, before it counts:
 * - `ranges`: length, allocated pages, and that just the pages that had to be touched were touched
 * - `sample`: `ranges`, a random share of the changed pages (all of them where they are few), and a rolling share of the rest
 * - `changed`: `ranges`, and every changed page read from both sides
 * - `full`: every allocated page read from both sides
 */
export type ProofLevel = 'ranges' | 'sample' | 'changed' | 'full';

export const PROOF_LEVELS: readonly ProofLevel[] = ['ranges', 'sample', 'changed', 'full'];

/** What was proven of a recovery point, and how. Sizes are bytes. */
export interface Proof {
  readonly level: ProofLevel;
  /** Changed pages in all, and those that were read from both sides and are equal. */
  readonly changed: number;
  readonly changedCompared: number;
  /** Other allocated pages in all, and those that were read from both sides and are equal. */
  readonly rest: number;
  readonly restCompared: number;
}

/** Is `value`, as it was read from a record, a proof? */
export function isProof(value: unknown): value is Proof {
  const proof = value as Proof | null | undefined;
  return (
    PROOF_LEVELS.some((level) => level === proof?.level) &&
    [proof?.changed, proof?.changedCompared, proof?.rest, proof?.restCompared].every((bytes) => Number.isSafeInteger(bytes))
  );
}

const SAMPLE_SHARE = 0.05;
const SAMPLE_LEAST = 64 * 1024 ** 2;
const SAMPLE_MOST = 4 * 1024 ** 3;

/** Share of the changed pages that a sample reads: all up to 64 MiB, of more 5 % but no less than that, and of very many about 4 GiB. */
export function sampleShare(changedBytes: number): number {
  const bytes = Math.min(SAMPLE_MOST, Math.max(SAMPLE_LEAST, SAMPLE_SHARE * changedBytes));
  return changedBytes <= bytes ? 1 : bytes / changedBytes;
}

/** A sample reads one stripe of so many of the rest of the disk, the next one each time: after so many points all has been read once. */
export const SAMPLE_STRIPES = 64;

import type { Proof } from './proof.ts';

/** One comparison of a recovery point with the source snapshot that it names, which found no difference. */
export interface Evidence {
  readonly proof: Proof;
  /** `backup`: by the run that made the point. `verify`: by a later verification, for which every page of the point counts as changed. */
  readonly by: 'backup' | 'verify';
  /** When it was put down: ISO 8601, by the clock of the machine that compared; undefined where the record does not tell. */
  readonly on: string | undefined;
  readonly run: string | undefined;
}

/**
 * What may be said of a point. Each statement holds for itself: which pages a run chose nobody writes down, so what two of them read may be the same
 * pages, and their shares are never added up.
 */
export interface Badge {
  readonly best: Evidence;
  /** What the next best read, where the best did not read every page and this one read something. */
  readonly besides: Evidence | undefined;
}

/** Bytes that were read from both sides and are equal. */
export function comparedBytes({ level, changedCompared, restCompared }: Proof): number {
  return level === 'ranges' ? 0 : changedCompared + restCompared;
}

/** Share of the changed pages that was read, 0…1: also 1 where what changed was cleared, so that the lists of pages say it all. */
export function changedShare({ level, changed, changedCompared }: Proof): number {
  if (level === 'ranges') return 0;
  return changedCompared >= changed ? 1 : Math.max(0, changedCompared / changed);
}

/** Was every allocated page of the point read? */
export function isWhole({ level, changed, changedCompared, rest, restCompared }: Proof): boolean {
  return level !== 'ranges' && changedCompared >= changed && restCompared >= rest;
}

/** The evidence that says most: the larger share of what changed, of equal ones the more bytes, and of those the latest. */
export function badgeOf(made: Evidence, later: readonly Evidence[] = []): Badge {
  const [best, ...others] = [made, ...later].sort(
    (a, b) => changedShare(b.proof) - changedShare(a.proof) || comparedBytes(b.proof) - comparedBytes(a.proof) || timeOf(b) - timeOf(a),
  ) as [Evidence, ...Evidence[]];
  const besides = others.find(({ proof }) => comparedBytes(proof) > 0);
  return { best, besides: isWhole(best.proof) ? undefined : besides };
}

function timeOf({ on }: Evidence): number {
  const time = Date.parse(on ?? '');
  return Number.isNaN(time) ? -Infinity : time;
}

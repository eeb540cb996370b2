/** Fewer points say nothing about what is usual. */
const LEAST_POINTS = 6;
/** So many deviations above the usual: once in a million by chance, were sizes of changes spread like a bell. */
const DEVIATIONS = 5;
/** Makes a median of absolute deviations comparable with a standard deviation. */
const MAD_TO_SIGMA = 1.4826;
/** However regular a disk is, less than so many times the usual is no news. */
const LEAST_TIMES = 4;
/** Below that nobody minds. Bytes. */
const LEAST_BYTES = 16 * 1024 * 1024;

/** How much a usual point changes, and which points changed far more. */
export interface StandingOut {
  /** The median, in bytes; undefined while there are too few points to say. */
  readonly usual: number | undefined;
  /** For each point, in the order given: how many times the usual it changed, where it stands out. */
  readonly times: readonly (number | undefined)[];
}

/**
 * Which changes stand out by being large. Median and median absolute deviation of the logarithms: a few large ones among many do not make themselves
 * usual, and a disk that changes by factors is judged by factors.
 * @param changes bytes that each point changed; undefined for points that do not count, such as a full copy
 */
export function standingOut(changes: readonly (number | undefined)[]): StandingOut {
  const counted = changes.filter((bytes) => bytes !== undefined);
  if (counted.length < LEAST_POINTS) return { usual: undefined, times: changes.map(() => undefined) };
  const usual = medianOf(counted);
  const sizes = counted.map(logOf);
  const middle = medianOf(sizes);
  const sigma = MAD_TO_SIGMA * medianOf(sizes.map((size) => Math.abs(size - middle)));
  const limit = middle + Math.max(DEVIATIONS * sigma, Math.log2(LEAST_TIMES));
  const times = changes.map((bytes) =>
    bytes !== undefined && bytes >= LEAST_BYTES && logOf(bytes) > limit ? bytes / Math.max(usual, 1) : undefined,
  );
  return { usual, times };
}

/** A point that changed nothing is not infinitely far from one that changed a page. */
function logOf(bytes: number): number {
  return Math.log2(bytes + 64 * 1024);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

import { MAX_WRITE } from '../ranges/pageRange.ts';

/** What the service allows one page blob: 60 MiB and 500 requests a second (Azure: scalability targets for blob storage). */
const BYTES_PER_SECOND = 60 * 1024 * 1024;
const REQUESTS_PER_SECOND = 500;

/** Pages to move, counted without reading them. */
export interface WorkCount {
  /** Bytes. */
  readonly written: number;
  readonly cleared: number;
  /** Page writes of at most 4 MiB, and clears. */
  readonly writes: number;
  readonly clears: number;
  /** Ranges written or cleared. */
  readonly ranges: number;
}

export interface Estimate extends WorkCount {
  /** Shortest time that one page blob's limits allow. */
  readonly secondsAtLimit: number;
}

export function estimateOf(count: WorkCount): Estimate {
  const secondsAtLimit = Math.max(count.written / BYTES_PER_SECOND, (count.writes + count.clears) / REQUESTS_PER_SECOND);
  return { ...count, secondsAtLimit };
}

/** Page writes that `bytes` in one range need. */
export function writesFor(bytes: number): number {
  return Math.ceil(bytes / MAX_WRITE);
}

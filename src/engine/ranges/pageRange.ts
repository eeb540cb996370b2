/** Bytes of one page, the unit of a page blob. */
export const PAGE = 512;

/** Most bytes that one Put Page or Put Page From URL may carry (REST: Put Page, Put Page From URL). */
export const MAX_WRITE = 4 * 1024 * 1024;

/** Largest page blob the service creates: 8 TiB (REST: Put Blob). */
export const MAX_LENGTH = 8 * 1024 ** 4;

/** Half-open range of bytes `[start, end)`; both ends are multiples of 512 and safe integers. */
export interface PageRange {
  readonly start: number;
  readonly end: number;
}

/** True for whole pages: safe, non-negative, aligned, not empty. */
export function isPageRange({ start, end }: PageRange): boolean {
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start < end && start % PAGE === 0 && end % PAGE === 0;
}

/** Bytes in `range`. */
export function lengthOf(range: PageRange): number {
  return range.end - range.start;
}

/** The part that both ranges hold, or undefined where they do not overlap. */
export function intersectionOf(a: PageRange, b: PageRange): PageRange | undefined {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start < end ? { start, end } : undefined;
}

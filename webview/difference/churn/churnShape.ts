import type { ChurnReadyState } from '../../../src/messages/difference.ts';

/** Of one recovery point, in pixels. */
export interface ChurnBar {
  readonly number: number;
  readonly x: number;
  /** From the axis up: what was written, and above it what was cleared. */
  readonly written: number;
  readonly cleared: number;
}

export interface ChurnShape {
  readonly width: number;
  /** Of one point. */
  readonly slot: number;
  readonly bars: readonly ChurnBar[];
  /** From the axis up; undefined where nobody can say. */
  readonly usual: number | undefined;
}

/** Height of the tallest bar. */
export const TALLEST_BAR = 120;
/** A few points fill the page, many are scrolled. */
const [LEAST_SLOT, MOST_SLOT, PAGE_WIDTH] = [22, 56, 800];
const LEAST = 3;

/** Bars in proportion to one another; whatever changed is to be seen. */
export function churnShape({ points, usual }: Pick<ChurnReadyState, 'points' | 'usual'>): ChurnShape {
  const most = Math.max(1, usual ?? 0, ...points.map(({ written, cleared }) => written + cleared));
  const height = (bytes: number): number => (bytes === 0 ? 0 : Math.max(LEAST, (bytes / most) * TALLEST_BAR));
  const slot = Math.max(LEAST_SLOT, Math.min(MOST_SLOT, Math.floor(PAGE_WIDTH / Math.max(1, points.length))));
  return {
    width: points.length * slot,
    slot,
    bars: points.map(({ number, written, cleared }, i) => ({ number, x: i * slot, written: height(written), cleared: height(cleared) })),
    usual: usual === undefined ? undefined : (usual / most) * TALLEST_BAR,
  };
}

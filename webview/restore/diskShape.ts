/** Cells of the picture in one of its rows. */
export const COLUMNS = 64;
/** Shares are drawn in so many strengths. */
export const LEVELS = 4;

export interface DiskShape {
  readonly rows: number;
  /** Outlines of the cells that are there, in cells. */
  readonly cells: string;
  /** By strength, weakest first: what is written, and what differs; paths in cells. */
  readonly written: readonly string[];
  readonly differs: string;
}

/** The disk line by line, as a page is read: its first byte left above, its last right below. */
export function diskShape(written: readonly number[], differs: readonly number[] | undefined): DiskShape {
  const levels = Array.from({ length: LEVELS }, () => '');
  for (const [i, share] of written.entries()) if (share > 0) levels[levelOf(share)] += square(i, 0.06);
  const marks = (differs ?? []).map((share, i) => (share > 0 ? corner(i, share) : '')).join('');
  return {
    rows: Math.ceil(written.length / COLUMNS),
    cells: written.map((_, i) => square(i, 0.06)).join(''),
    written: levels,
    differs: marks,
  };
}

/** The least share is seen too: 0 is only what is nothing. */
export function levelOf(share: number): number {
  return Math.min(LEVELS - 1, Math.floor(Math.min(1, share) * LEVELS));
}

function square(i: number, gap: number): string {
  const size = round(1 - 2 * gap);
  return `M${round((i % COLUMNS) + gap)} ${round(Math.floor(i / COLUMNS) + gap)}h${size}v${size}h${-size}z`;
}

/** A triangle in the lower right corner that grows with the share: told from what is written by its shape. */
function corner(i: number, share: number): string {
  const size = round(0.5 + 0.38 * Math.min(1, share));
  return `M${round((i % COLUMNS) + 0.94)} ${round(Math.floor(i / COLUMNS) + 0.94)}h${-size}l${size} ${-size}z`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

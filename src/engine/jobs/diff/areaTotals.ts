import { bytesOf, intersect, type RangeSet } from '../../ranges/rangeSet.ts';
import type { DiffWindow } from './diff.ts';

/** What changed in one area of a disk. Bytes. */
export interface AreaTotal<Area> {
  readonly area: Area;
  readonly size: number;
  readonly written: number;
  readonly cleared: number;
}

/** Adds up how much changed in each area of a disk, exactly, window by window. Areas may overlap. */
export class AreaTotals<Area extends { readonly ranges: RangeSet }> {
  readonly #all: { area: Area; size: number; written: number; cleared: number }[];

  constructor(areas: readonly Area[]) {
    this.#all = areas.map((area) => ({ area, size: bytesOf(area.ranges), written: 0, cleared: 0 }));
  }

  add({ start, end, written, cleared }: DiffWindow): void {
    if (written.length + cleared.length === 0) return;
    for (const total of this.#all) {
      const here = intersect(total.area.ranges, [{ start, end }]);
      if (here.length === 0) continue;
      total.written += bytesOf(intersect(written, here));
      total.cleared += bytesOf(intersect(cleared, here));
    }
  }

  /** In the order in which the areas were given. */
  get totals(): readonly AreaTotal<Area>[] {
    return this.#all;
  }
}

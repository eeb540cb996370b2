import { Catalogue, type UnreadableRecord } from '../../chain/catalogue.ts';
import { livingNumbers } from '../../chain/recordNames.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';
import { withLaterProofs } from './laterProofs.ts';
import { liveSnapshots, pointOf } from './pointState.ts';
import type { PointsRequest, RecoveryPoint } from './points.ts';

export interface PointsPage {
  /** Newest first. */
  readonly points: readonly RecoveryPoint[];
  /** Points of this page whose records cannot be read. */
  readonly unreadable: readonly UnreadableRecord[];
  /** `below` of the next page; undefined at the first point of the chain. */
  readonly next: number | undefined;
}

/**
 * Some recovery points of a chain, newest first, pruned ones left out, without reading the rest of the catalogue.
 * @param page at most so many of the points with a number smaller than `below`
 */
export async function pointsPage(
  { backup, catalogue }: PointsRequest,
  page: { readonly below?: number | undefined; readonly most: number },
  options: JobOptions,
): Promise<PointsPage> {
  const tools = toolsFor(options);
  const { signal } = tools;
  const chain = new Catalogue(catalogue, tools.retrier);
  const index = await chain.index(signal);
  const { below = Infinity, most } = page;
  const earlier = livingNumbers(index).filter((number) => number < below);
  const chosen = earlier.slice(-most);
  const live = await liveSnapshots(backup, tools);
  const { entries, unreadable } = await chain.readable(signal, chosen);
  const listed = entries.map((entry) => pointOf(entry, live.has(entry.backup.snapshot), index));
  const points = await withLaterProofs(listed, chain, index, tools);
  return {
    points: points.reverse(),
    unreadable: unreadable.toReversed(),
    next: chosen.length < earlier.length ? chosen[0] : undefined,
  };
}

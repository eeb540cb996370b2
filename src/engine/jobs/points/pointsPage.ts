import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';
import { forEachBounded } from '../../transfer/concurrency.ts';
import { liveSnapshots, pointOf } from './pointState.ts';
import type { PointsRequest, RecoveryPoint } from './points.ts';

export interface PointsPage {
  /** Newest first. */
  readonly points: readonly RecoveryPoint[];
  /** `below` of the next page; undefined at the first point of the chain. */
  readonly next: number | undefined;
}

const READS_AT_ONCE = { calls: 16, bytes: Infinity };

/**
 * Some recovery points of a chain, newest first, without reading the rest of the catalogue.
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
  const { numbers, failed } = await chain.index(signal);
  const { below = Infinity, most } = page;
  const earlier = numbers.filter((number) => number < below);
  const chosen = earlier.slice(-most);
  const live = await liveSnapshots(backup, tools);
  const entries: CatalogueEntry[] = [];
  await forEachBounded(
    chosen,
    READS_AT_ONCE,
    () => 0,
    async (number) => void entries.push(await chain.entry(number, signal)),
    signal,
  );
  entries.sort((a, b) => b.number - a.number);
  return {
    points: entries.map((entry) => pointOf(entry, live.has(entry.backup.snapshot), failed)),
    next: chosen.length < earlier.length ? chosen[0] : undefined,
  };
}

import { Catalogue, type UnreadableRecord } from '../../chain/catalogue.ts';
import { livingNumbers } from '../../chain/recordNames.ts';
import type { Proof } from '../../proof/proof.ts';
import { toolsFor, type JobOptions } from '../../tools.ts';
import { forEachBounded } from '../../transfer/concurrency.ts';
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

/** Of so many verifications of one point the records are read. */
const PROOFS_READ = 4;
const READS_AT_ONCE = { calls: 16, bytes: Infinity };

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
  const points: RecoveryPoint[] = [];
  await forEachBounded(
    entries,
    READS_AT_ONCE,
    () => 0,
    async (entry) => {
      const names = (index.passed.get(entry.number) ?? []).slice(-PROOFS_READ);
      const proofs = await Promise.all(names.map((name) => chain.laterProof(name, signal)));
      points.push({ ...pointOf(entry, live.has(entry.backup.snapshot), index), verified: widest(proofs) });
    },
    signal,
  );
  return {
    points: points.sort((a, b) => b.entry.number - a.entry.number),
    unreadable: unreadable.toReversed(),
    next: chosen.length < earlier.length ? chosen[0] : undefined,
  };
}

function widest(proofs: readonly (Proof | undefined)[]): Proof | undefined {
  const compared = (proof: Proof): number => proof.changedCompared + proof.restCompared;
  return proofs.reduce((best, proof) => (proof && (!best || compared(proof) > compared(best)) ? proof : best), undefined);
}

import type { Catalogue } from '../../chain/catalogue.ts';
import { worthReading, type CatalogueIndex } from '../../chain/recordNames.ts';
import type { Tools } from '../../tools.ts';
import { forEachBounded } from '../../transfer/concurrency.ts';
import type { RecoveryPoint } from './points.ts';

const READS_AT_ONCE = { calls: 16, bytes: Infinity };

/** The same points with what later verifications compared; reads no record of the others. */
export async function withLaterProofs(
  points: readonly RecoveryPoint[],
  chain: Catalogue,
  { passed }: Pick<CatalogueIndex, 'passed'>,
  { signal }: Pick<Tools, 'signal'>,
): Promise<RecoveryPoint[]> {
  const found = [...points];
  await forEachBounded(
    points.entries(),
    READS_AT_ONCE,
    () => 0,
    async ([at, point]) => {
      const names = worthReading(passed.get(point.entry.number) ?? []);
      if (names.length === 0) return;
      const proofs = await Promise.all(names.map((name) => chain.laterProof(name, signal)));
      found[at] = { ...point, later: proofs.filter((proof) => proof !== undefined) };
    },
    signal,
  );
  return found;
}

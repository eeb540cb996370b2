import type { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueIndex } from '../../chain/recordNames.ts';
import type { Tools } from '../../tools.ts';
import { forEachBounded } from '../../transfer/concurrency.ts';
import type { RecoveryPoint } from './points.ts';

/** As `timedId` writes the id of a verification. */
const PASSED_NAME = /\.proof-passed-(\d{8}T\d{9}Z)-(changed|full|sample|ranges)-/;
/** Of the verifications of one point so many of the newest are read. */
const NEWEST_READ = 4;
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

/** Of the names of one point's `proof-passed` records those that are worth reading: the newest, and the newest by which every page was read. */
export function worthReading(names: readonly string[]): string[] {
  const timeOf = (name: string): string => PASSED_NAME.exec(name)?.[1] ?? '';
  const newestFirst = names.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : timeOf(a) > timeOf(b) ? -1 : 0));
  const whole = newestFirst.find((name) => ['changed', 'full'].includes(PASSED_NAME.exec(name)?.[2] ?? ''));
  return [...new Set([...newestFirst.slice(0, NEWEST_READ), ...(whole === undefined ? [] : [whole])])];
}

import type { CatalogueEntry } from '../../chain/entry.ts';
import type { PageBlob } from '../../pageBlob.ts';
import { bytesOf, intersect } from '../../ranges/rangeSet.ts';
import { aligned, constantWindows, type RangeWindows } from '../../ranges/rangeWindow.ts';
import type { Tools } from '../../tools.ts';

/**
 * Bytes that the deletion of one backup snapshot frees: the pages it holds that neither the one before it nor the one after it shares (Azure bills
 * a snapshot for the pages that differ from its neighbours). Deleting several one after another, each is asked with the neighbours that are left.
 * @param older undefined where it is the oldest
 * @throws what the service's refusal of a difference throws
 */
export async function freedBytes(
  backup: PageBlob,
  older: CatalogueEntry | undefined,
  entry: CatalogueEntry,
  newer: CatalogueEntry,
  { retrier, signal }: Tools,
): Promise<number> {
  const { length } = entry.source;
  const disk = { start: 0, end: length };
  const image = backup.image(entry.backup.snapshot);
  const before = older
    ? retrier.windows('changes', disk, (rest) => image.changedSince(older.backup.snapshot, rest, { signal }), signal)
    : constantWindows(disk, 'every page');
  const held = retrier.windows('page ranges', disk, (rest) => image.allocated(rest, { signal }), signal);
  let freed = 0;
  for await (const { sets } of aligned(disk, [held, before, changedAfter(backup, entry, newer, { retrier, signal })])) {
    freed += bytesOf(intersect(intersect(sets[0], sets[1]), sets[2]));
  }
  return freed;
}

/** Pages of `entry` that `newer` does not have as they were; those behind its end are not in it at all. */
async function* changedAfter(
  backup: PageBlob,
  entry: CatalogueEntry,
  newer: CatalogueEntry,
  { retrier, signal }: Pick<Tools, 'retrier' | 'signal'>,
): RangeWindows & AsyncGenerator {
  const { length } = entry.source;
  const both = { start: 0, end: Math.min(length, newer.source.length) };
  const image = backup.image(newer.backup.snapshot);
  yield* retrier.windows('changes', both, (rest) => image.changedSince(entry.backup.snapshot, rest, { signal }), signal);
  yield* constantWindows({ start: both.end, end: length }, 'every page');
}

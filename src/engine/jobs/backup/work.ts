import { compareImages } from '../../compare/comparePages.ts';
import type { BlobImage, SnapshotId } from '../../pageBlob.ts';
import { COMPARE_WINDOW } from '../../proof/findFaults.ts';
import { lengthOf, type PageRange } from '../../ranges/pageRange.ts';
import { bytesOf, clip, intersect, subtract, union } from '../../ranges/rangeSet.ts';
import { aligned, constantWindows } from '../../ranges/rangeWindow.ts';
import { workFor, type PageWork } from '../../transfer/pageWork.ts';
import { writesFor, type WorkCount } from '../estimate.ts';
import type { Tools } from '../../tools.ts';

/** Which pages a run has to move so that the target equals the original inside `within`. */
export interface Pages {
  readonly original: BlobImage;
  /** The blob that is written, as it is; undefined where it is known to hold nothing. */
  readonly target: BlobImage | undefined;
  readonly within: PageRange;
}

/** Every page the original holds is written; what else the target holds is cleared. */
export async function* fullWork({ original, target, within }: Pages, { retrier, signal }: Tools): AsyncGenerator<PageWork> {
  const lists = [
    retrier.windows('page ranges', within, (rest) => original.allocated(rest, { signal }), signal),
    target
      ? retrier.windows('page ranges', within, (rest) => target.allocated(rest, { signal }), signal)
      : constantWindows(within, 'no page'),
  ] as const;
  for await (const { start, end, sets } of aligned(within, lists)) {
    const [held, there] = sets;
    yield { start, end, write: held, clear: subtract(there, held) };
  }
}

export interface Difference extends Pages {
  readonly target: BlobImage;
  /** The earlier source snapshot, and the backup snapshot that equals it. */
  readonly anchor: SnapshotId;
  readonly base: SnapshotId;
  /** From this byte on neither difference need know anything: the disk has grown. */
  readonly tail: number;
}

/**
 * The one rule of a run: what the source changed since the anchor, what anybody changed in the target since its last recovery point (torn runs,
 * foreign writes), and the grown tail. Every value comes from the original.
 * @throws the service's refusal of either difference
 */
export async function* incrementalWork(difference: Difference, { retrier, signal }: Tools): AsyncGenerator<PageWork> {
  const { original, target, within, anchor, base, tail } = difference;
  const lists = [
    retrier.windows('page ranges', within, (rest) => original.allocated(rest, { signal }), signal),
    retrier.windows('changes', within, (rest) => original.changedSince(anchor, rest, { signal }), signal),
    retrier.windows('changes', within, (rest) => target.changedSince(base, rest, { signal }), signal),
  ] as const;
  for await (const { start, end, sets } of aligned(within, lists)) {
    const [held, changes, dirt] = sets;
    const grown = tail < end ? clip([{ start: Math.max(start, tail), end }], { start, end }) : [];
    yield workFor({ start, end }, union(union(changes, dirt), grown), held);
  }
}

export interface CompareProgress {
  /** Called before each read, to keep a lease alive. */
  readonly before: () => Promise<void>;
  readonly onCompared: (bytes: number) => void;
}

/** Where no difference can be had: reads what both hold and moves what differs. The target is taken as it is, never as it should be. */
export async function* rebaseWork(
  { original, target, within }: Pages & { readonly target: BlobImage },
  { retrier, limits, signal }: Tools,
  progress: CompareProgress,
): AsyncGenerator<PageWork> {
  const lists = [
    retrier.windows('page ranges', within, (rest) => original.allocated(rest, { signal }), signal),
    retrier.windows('page ranges', within, (rest) => target.allocated(rest, { signal }), signal),
  ] as const;
  for await (const { start, end, sets } of aligned(within, lists, COMPARE_WINDOW)) {
    const [held, there] = sets;
    await progress.before();
    const differing = await compareImages(original, target, intersect(held, there), { retrier, limits, signal, ...progress });
    yield { start, end, write: union(subtract(held, there), differing), clear: subtract(there, held) };
  }
}

/** Adds up work without doing it. Holds one window at a time. */
export async function countWork(work: AsyncIterable<PageWork>): Promise<WorkCount> {
  const count = { written: 0, cleared: 0, writes: 0, clears: 0, ranges: 0 };
  for await (const { write, clear } of work) {
    count.written += bytesOf(write);
    count.cleared += bytesOf(clear);
    for (const range of write) count.writes += writesFor(lengthOf(range));
    count.clears += clear.length;
    count.ranges += write.length + clear.length;
  }
  return count;
}

import type { BlobImage } from '../../pageBlob.ts';
import type { PageRange } from '../../ranges/pageRange.ts';
import { clip, union } from '../../ranges/rangeSet.ts';
import { aligned, constantWindows, type RangeWindow } from '../../ranges/rangeWindow.ts';
import type { Tools } from '../../tools.ts';
import { workFor, type PageWork } from '../../transfer/pageWork.ts';

/** What tells the pages in which a disk differs from an earlier recovery point, without reading any. */
export interface Reversal {
  /** The recovery point that the disk is taken back to. */
  readonly point: BlobImage;
  /** The newest recovery point; undefined when it is the point itself. */
  readonly newest: BlobImage | undefined;
  /** The disk as it was just before, and the anchor that equals the newest point. */
  readonly disk: BlobImage;
  /** The disk as it is, where an interrupted run may have written to it since; else undefined. */
  readonly written?: BlobImage | undefined;
  readonly anchor: string;
  /** From this byte on the differences need not know anything: something between had another length. */
  readonly tail: number;
}

/** Pages that may differ: changed in the backup since the point, or on the disk since the anchor. @throws the service's refusal of either difference */
export async function* reversedChanges(
  { point, newest, disk, anchor, tail }: Reversal,
  within: PageRange,
  tools: Tools,
): AsyncGenerator<RangeWindow> {
  const { retrier, signal } = tools;
  // Beyond the end of its image no list may begin (REST: Get Page Ranges), and what lies there is in the tail anyway.
  const changed = (image: BlobImage, since: string) =>
    retrier.windows(
      'changes',
      within,
      (rest) => (rest.start < tail ? image.changedSince(since, rest, { signal }) : constantWindows(rest, 'no page')),
      signal,
    );
  const lists = [changed(disk, anchor), newest ? changed(newest, point.snapshot!) : constantWindows(within, 'no page')] as const;
  for await (const { start, end, sets } of aligned(within, lists)) {
    const beyond = tail < end ? clip([{ start: Math.max(start, tail), end }], { start, end }) : [];
    yield { start, end, ranges: union(union(sets[0], sets[1]), beyond) };
  }
}

/** The same and what was written meanwhile, as work: every value comes from the point. */
export async function* rewindWork(reversal: Reversal, within: PageRange, tools: Tools): AsyncGenerator<PageWork> {
  const { retrier, signal } = tools;
  const { point, disk, written } = reversal;
  const lists = [
    retrier.windows('page ranges', within, (rest) => point.allocated(rest, { signal }), signal),
    reversedChanges(reversal, within, tools),
    written
      ? retrier.windows('changes', within, (rest) => written.changedSince(disk.snapshot!, rest, { signal }), signal)
      : constantWindows(within, 'no page'),
  ] as const;
  for await (const { start, end, sets } of aligned(within, lists)) {
    yield workFor({ start, end }, union(sets[1], sets[2]), sets[0]);
  }
}

import { setImmediate as turn } from 'node:timers/promises';
import { areasOf, type DiskArea } from '../../disk/areas.ts';
import { readLayout, type DiskLayout } from '../../disk/layout.ts';
import { isBackupError } from '../../engine/errors.ts';
import { AreaTotals, type AreaTotal } from '../../engine/jobs/diff/areaTotals.ts';
import { ChangeList } from '../../engine/jobs/diff/changeList.ts';
import { planDiff, runDiff, type DiffPlan, type DiffRequest, type DiffWindow } from '../../engine/jobs/diff/diff.ts';
import type { BlobImage, Image } from '../../engine/pageBlob.ts';
import { bytesOf } from '../../engine/ranges/rangeSet.ts';
import { toolsFor, type JobOptions } from '../../engine/tools.ts';
import { openImages, type ImageTools } from './images.ts';
import { isOneBlob, isSame } from './samePair.ts';
import type { Pair } from './subject.ts';

export interface Gathered {
  readonly kind: 'gathered';
  /** In the order in which they were compared: where `isSwapped`, the other way round than asked for. */
  readonly pair: Pair;
  readonly isSwapped: boolean;
  readonly before: Image;
  readonly after: BlobImage;
  readonly plan: DiffPlan;
  /** Bytes of the longer image. */
  readonly length: number;
  readonly changes: ChangeList;
  readonly layout: DiskLayout | undefined;
  readonly areas: readonly AreaTotal<DiskArea>[];
}

/** Both images have to be read, and nobody has agreed to that yet. Bytes. */
export interface MuchToRead {
  readonly kind: 'muchToRead';
  readonly pair: Pair;
  readonly reason: string;
  readonly bytes: number;
}

export interface GatherProgress {
  readonly phase: 'looking' | 'listing' | 'comparing';
  /** Bytes of the disk. */
  readonly done: number;
  readonly total: number;
  readonly windows: number;
  readonly ranges: number;
}

/** From so many bytes on reading is asked first. */
export const ASK_FROM = 1024 ** 3;

type Tools = ImageTools & { readonly job: JobOptions; readonly askFrom?: number };

interface Wish {
  readonly pair: Pair;
  readonly isSwapped: boolean;
  /** The service has refused a difference for good: compare bytes. */
  readonly byContent: boolean;
  /** Reading both images was agreed to. */
  readonly isAgreed: boolean;
}

/**
 * The difference of a pair, as a whole. Swaps the images where they come in the wrong order, and reads both where the service has no difference to
 * give. @throws cancelled, and what the engine throws
 */
export async function gather(
  pair: Pair,
  isAgreed: boolean,
  tools: Tools,
  tell: (progress: GatherProgress) => void,
): Promise<Gathered | MuchToRead> {
  const { before, after } = pair;
  // The blob now is later than any of its snapshots.
  const isReversed = isOneBlob(pair) && before?.snapshot === undefined && after.snapshot !== undefined;
  const asked: Wish = { pair, isSwapped: false, byContent: false, isAgreed };
  let wish = isReversed ? swapped(asked) : asked;
  for (;;) {
    try {
      return await gatherOnce(wish, tools, tell);
    } catch (error) {
      if (isBackupError(error, 'previousSnapshotNewer') && !wish.isSwapped) wish = swapped(wish);
      else if (isBackupError(error, 'blobOverwritten', 'differenceNotSupported') && !wish.byContent) wish = { ...wish, byContent: true };
      else throw error;
    }
  }
}

async function gatherOnce(
  { pair, isSwapped, byContent, isAgreed }: Wish,
  tools: Tools,
  tell: (progress: GatherProgress) => void,
): Promise<Gathered | MuchToRead> {
  const { job } = tools;
  tell({ phase: 'looking', done: 0, total: 0, windows: 0, ranges: 0 });
  const images = await openImages(pair, tools, job.signal ?? new AbortController().signal);
  const isListed = isOneBlob(pair) && !byContent && !isSame(pair);
  const request: DiffRequest = { ...images, blob: isListed ? pair.after.blob : undefined };
  const plan = await planDiff(request, job);
  const isRead = plan.by === 'content' && pair.before !== undefined && !isSame(pair);
  if (isRead && !isAgreed) {
    const bytes = await bytesToRead(plan, request, job);
    if (bytes >= (tools.askFrom ?? ASK_FROM)) return { kind: 'muchToRead', pair, reason: plan.reason, bytes };
  }
  const length = Math.max(plan.lengthBefore, plan.lengthAfter);
  const layout = await readLayout(images.after, job);
  const areas = new AreaTotals(areasOf(layout, length));
  const changes = new ChangeList();
  let windows = 0;
  const listed = isListed || isRead ? runDiff(plan, request, job) : held(images.after, plan, pair, job);
  for await (const window of listed) {
    changes.add(window);
    areas.add(window);
    windows++;
    tell({ phase: isRead ? 'comparing' : 'listing', done: window.end, total: length, windows, ranges: changes.count });
    await turn();
  }
  const shown = pair.before ? plan : { ...plan, by: 'touched' as const };
  return { kind: 'gathered', pair, isSwapped, ...images, plan: shown, length, changes, layout, areas: areas.totals };
}

/** Everything that an image holds: written, beside an empty disk; nothing of it, beside itself. */
async function* held(image: Image, { lengthAfter }: DiffPlan, pair: Pair, job: JobOptions): AsyncGenerator<DiffWindow> {
  const { retrier, signal } = toolsFor(job);
  const disk = { start: 0, end: lengthAfter };
  for await (const { start, end, ranges } of retrier.windows('page ranges', disk, (rest) => image.allocated(rest, { signal }), signal)) {
    yield { start, end, written: pair.before ? [] : ranges, cleared: [], allocated: ranges };
  }
}

/** Bytes of the pages that the two hold. */
async function bytesToRead({ lengthBefore, lengthAfter }: DiffPlan, { before, after }: DiffRequest, job: JobOptions): Promise<number> {
  const { retrier, signal } = toolsFor(job);
  let bytes = 0;
  for (const [image, end] of [
    [before, lengthBefore],
    [after, lengthAfter],
  ] as const) {
    const disk = { start: 0, end };
    const list = retrier.windows('page ranges', disk, (rest) => image.allocated(rest, { signal }), signal);
    for await (const { ranges } of list) bytes += bytesOf(ranges);
  }
  return bytes;
}

function swapped(wish: Wish): Wish {
  const { before, after } = wish.pair;
  return before ? { ...wish, pair: { before: after, after: before }, isSwapped: true } : wish;
}

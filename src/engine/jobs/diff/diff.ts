import { givesHonestDifferences, isDifferenceRefusal } from '../../chain/canary.ts';
import { compareImages, type Readable } from '../../compare/comparePages.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import type { BlobImage, Image } from '../../pageBlob.ts';
import { COMPARE_WINDOW } from '../../proof/findFaults.ts';
import { bytesOf, intersect, subtract, union, type RangeSet } from '../../ranges/rangeSet.ts';
import { aligned, constantWindows } from '../../ranges/rangeWindow.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';

export interface DiffRequest {
  readonly before: Image;
  readonly after: Image;
  /** The blob that both are images of, by URL; undefined where they are not of one blob. */
  readonly blob: string | undefined;
}

export interface DiffPlan {
  readonly job: 'diff';
  /** `touched`: the service lists pages written or cleared, equal bytes included. `content`: both are read and compared. */
  readonly by: 'touched' | 'content';
  readonly reason: string;
  readonly lengthBefore: number;
  readonly lengthAfter: number;
}

/** What changed in the bytes `[start, end)`; windows follow one another and end at the longer image's end. */
export interface DiffWindow {
  readonly start: number;
  readonly end: number;
  readonly written: RangeSet;
  readonly cleared: RangeSet;
  /** Pages that the later image holds, changed or not. */
  readonly allocated: RangeSet;
}

export interface DiffResult {
  readonly written: number;
  readonly cleared: number;
  readonly ranges: number;
}

/** Says how the difference can be had. @throws what reading the images throws */
export async function planDiff(request: DiffRequest, options: JobOptions): Promise<DiffPlan> {
  const { before, after, blob } = request;
  const { retrier, signal } = toolsFor(options);
  const [lengthBefore, lengthAfter] = await Promise.all(
    [before, after].map((image) => retrier.repeat('properties', () => image.length({ signal }), signal)),
  );
  const lengths = { lengthBefore: lengthBefore!, lengthAfter: lengthAfter! };
  const byContent = (reason: string): DiffPlan => ({ job: 'diff', by: 'content', reason, ...lengths });
  if (blob === undefined) return byContent('The two are not images of one blob, so the service has no difference to give: both are read.');
  const [from, to] = [before as BlobImage, after as BlobImage];
  if (from.snapshot === undefined) {
    throw new BackupError('badInput', 'The first image must be a snapshot, and the older of the two.', {
      hint: 'Swap the two images, or name a snapshot first.',
    });
  }
  if (isSame(request)) return { job: 'diff', by: 'touched', reason: 'Both are the same snapshot, so nothing can differ.', ...lengths };
  if (!(await givesHonestDifferences(to, retrier, signal))) {
    return byContent('The service ignores differences between snapshots, so both images are read and compared.');
  }
  return { job: 'diff', by: 'touched', reason: 'As the service lists it: pages written or cleared, equal bytes included.', ...lengths };
}

/** The difference, window by window, in bounded memory. @throws previousSnapshotNewer, blobOverwritten and others in plain words */
export async function* runDiff(plan: DiffPlan, request: DiffRequest, options: JobOptions): AsyncGenerator<DiffWindow> {
  const tools = toolsFor(options);
  try {
    yield* plan.by === 'touched' ? touchedWindows(plan, request, tools) : contentWindows(plan, request, tools);
  } catch (error) {
    if (isDifferenceRefusal(error)) throw refusedDifference(error as BackupError);
    throw deletedMeanwhile(error);
  }
}

async function* touchedWindows({ lengthAfter }: DiffPlan, request: DiffRequest, { retrier, signal }: Tools): AsyncGenerator<DiffWindow> {
  const { before, after } = request;
  const [from, to] = [before as BlobImage, after as BlobImage];
  const disk = { start: 0, end: lengthAfter };
  const lists = [
    retrier.windows('page ranges', disk, (rest) => to.allocated(rest, { signal }), signal),
    isSame(request)
      ? constantWindows(disk, 'no page')
      : retrier.windows('changes', disk, (rest) => to.changedSince(from.snapshot!, rest, { signal }), signal),
  ] as const;
  for await (const { start, end, sets } of aligned(disk, lists)) {
    const [held, touched] = sets;
    yield { start, end, written: intersect(touched, held), cleared: subtract(touched, held), allocated: held };
  }
}

async function* contentWindows(
  { lengthBefore, lengthAfter }: DiffPlan,
  { before, after }: DiffRequest,
  tools: Tools,
): AsyncGenerator<DiffWindow> {
  const { retrier, limits, signal } = tools;
  const disk = { start: 0, end: Math.max(lengthBefore, lengthAfter) };
  const listOf = (image: Image, length: number) => paddedList(image, length, disk.end, tools);
  for await (const { start, end, sets } of aligned(disk, [listOf(before, lengthBefore), listOf(after, lengthAfter)], COMPARE_WINDOW)) {
    const [there, held] = sets;
    const options = { retrier, limits, signal };
    const both = await compareImages(before, after, intersect(there, held), options);
    // A page that only one side holds may be all zeros there: then nothing is different.
    const gained = await compareImages(ZEROS, after, subtract(held, there), options);
    const lost = await compareImages(before, ZEROS, subtract(there, held), options);
    yield { start, end, written: union(gained, both), cleared: lost, allocated: held };
  }
}

const ZEROS: Readable = { read: async ({ start, end }) => new Uint8Array(end - start) };

/** An image's allocated pages, and none from its end to the longer one's. */
async function* paddedList(image: Image, length: number, end: number, { retrier, signal }: Tools) {
  const own = { start: 0, end: length };
  yield* retrier.windows('page ranges', own, (rest) => image.allocated(rest, { signal }), signal);
  yield* constantWindows({ start: length, end }, 'no page');
}

/** Adds up windows. */
export function addTo(result: DiffResult, { written, cleared }: DiffWindow): DiffResult {
  return {
    written: result.written + bytesOf(written),
    cleared: result.cleared + bytesOf(cleared),
    ranges: result.ranges + written.length + cleared.length,
  };
}

/** One snapshot twice: there is nothing to ask the service for. */
function isSame({ before, after, blob }: DiffRequest): boolean {
  return blob !== undefined && (before as BlobImage).snapshot !== undefined && before.label === after.label;
}

/** Both images were there when the difference was planned. */
export function deletedMeanwhile(error: unknown): unknown {
  if (!isBackupError(error, 'snapshotNotFound', 'blobNotFound')) return error;
  return new BackupError(error.code, 'One of the two images was deleted while they were being compared.', {
    unharmed: 'Nothing was changed.',
    hint: 'List the snapshots of the blob and compare two that exist.',
    cause: error,
  });
}

function refusedDifference(cause: BackupError): BackupError {
  const hints: Partial<Record<typeof cause.code, string>> = {
    previousSnapshotNewer: 'Swap the two images: the older one comes first.',
    previousSnapshotNotFound: 'List the snapshots of the blob and name one that exists.',
    blobOverwritten:
      'The blob was replaced as a whole between the two, so the service knows no difference. Restore both to files and compare those.',
  };
  return new BackupError(cause.code, cause.message, {
    unharmed: 'Nothing was changed.',
    hint: hints[cause.code] ?? cause.hint ?? '',
    cause,
  });
}

import { compareImages, type Readable } from '../../compare/comparePages.ts';
import type { DiskFile } from '../../diskFile.ts';
import { BackupError } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import type { SnapshotId } from '../../pageBlob.ts';
import { lengthOf, MAX_WRITE, type PageRange } from '../../ranges/pageRange.ts';
import { bytesOf, split } from '../../ranges/rangeSet.ts';
import { aligned, type RangeWindow } from '../../ranges/rangeWindow.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import { forEachBounded, Watermark } from '../../transfer/concurrency.ts';
import { estimateOf, type Estimate } from '../estimate.ts';
import { countWork, fullWork } from '../backup/work.ts';
import { findPoint, type PointRequest } from './point.ts';
import type { RestoreResult } from './restoreToBlob.ts';

const CHECKPOINT_EVERY_MS = 10_000;
const ROUNDS = 3;

/** A restore of one recovery point to a file on this machine. */
export interface RestoreToFileRequest extends PointRequest {
  readonly target: DiskFile;
}

export interface RestoreToFilePlan {
  readonly job: 'restore';
  readonly number: number;
  readonly point: SnapshotId;
  readonly target: string;
  /** Bytes of the disk; the file is sparse and takes about `estimate.written` of them. */
  readonly length: number;
  readonly estimate: Estimate;
  readonly warnings: readonly string[];
}

/** @throws notOurs, snapshotNotFound, integrity, alreadyExists */
export async function planRestoreToFile(request: RestoreToFileRequest, options: JobOptions): Promise<RestoreToFilePlan> {
  const tools = toolsFor(options);
  const { number, source } = await findPoint(request, tools);
  await refuseExisting(request.target);
  const work = fullWork(
    { original: request.backup.image(request.point), target: undefined, within: { start: 0, end: source.length } },
    tools,
  );
  const estimate = estimateOf(await countWork(work));
  return { job: 'restore', number, point: request.point, target: request.target.label, length: source.length, estimate, warnings: [] };
}

/** Writes the pages the point holds, reads every one back, and only then gives the file its name. Stopped, the same request goes on from there. */
export function runRestoreToFile(
  plan: RestoreToFilePlan,
  request: RestoreToFileRequest,
  options: JobOptions,
): AsyncIterable<RunEvent<RestoreResult>> {
  return runEvents((emit) => restoreJob(plan, request, options, emit));
}

async function restoreJob(plan: RestoreToFilePlan, request: RestoreToFileRequest, options: JobOptions, emit: Emit): Promise<RestoreResult> {
  const tools = toolsFor(options, emit);
  const { retrier, signal } = tools;
  const { backup, point, target } = request;
  // The point may be gone or found wrong since it was planned, and the file may be there: then nothing is begun.
  await findPoint(request, tools);
  await refuseExisting(target);
  const original = backup.image(point);
  const from = await target.begin(plan.length, original.label);
  const held = (start: number) => {
    const within = { start, end: plan.length };
    return aligned(within, [retrier.windows('page ranges', within, (rest) => original.allocated(rest, { signal }), signal)]);
  };
  try {
    emit({ type: 'phase', phase: 'copying', text: `Reading recovery point ${plan.number}.` });
    const total = plan.estimate.written;
    const already = from === 0 ? 0 : total - (await bytesIn(held(from)));
    const progress = (done: number) => emit({ type: 'progress', phase: 'copying', done: already + done, total });
    const written = await download(original, held(from), from, target, progress, tools);

    emit({ type: 'phase', phase: 'proving', text: 'Reading the file back and comparing it with the recovery point.' });
    let repaired = 0;
    for (let round = 1; ; round++) {
      const mended = await mend(original, held(0), target, plan, tools);
      repaired += mended;
      if (mended === 0) break;
      if (round === ROUNDS) throw fileKeepsDiffering(plan.target);
    }
    await target.checkpoint(plan.length);
    await target.finish();
    const { number, length } = plan;
    const all = plan.estimate.written;
    const proof = { level: 'changed', changed: all, changedCompared: all, rest: 0, restCompared: 0 } as const;
    return {
      job: 'restore',
      number,
      recoveryPoint: point,
      target: plan.target,
      length,
      written,
      transferred: written + repaired,
      transfer: 'relay',
      proof,
    };
  } catch (error) {
    await target.close();
    throw error;
  }
}

async function refuseExisting(target: DiskFile): Promise<void> {
  if (!(await target.exists())) return;
  throw new BackupError('alreadyExists', `The file ${target.label} exists already.`, {
    unharmed: 'Nothing was changed: a restore never writes over a file.',
    hint: 'Name a file that does not exist.',
  });
}

type Held = AsyncIterable<{ readonly start: number; readonly end: number; readonly sets: readonly [RangeWindow['ranges']] }>;

async function download(
  original: Readable,
  held: Held,
  from: number,
  target: DiskFile,
  progress: (bytes: number) => void,
  { world, retrier, limits, signal }: Tools,
): Promise<number> {
  const watermark = new Watermark(from);
  let written = 0;
  let noted = world.now();
  const reading = forEachBounded(
    pieces(held),
    limits,
    lengthOf,
    async (piece) => {
      watermark.begin(piece.start);
      const bytes = await retrier.read(original, piece, { signal });
      await target.write(piece.start, bytes);
      retrier.giveBack(bytes);
      watermark.done(piece.start, piece.end);
      written += lengthOf(piece);
      progress(written);
      if (world.now() - noted < CHECKPOINT_EVERY_MS) return;
      noted = world.now();
      await target.checkpoint(watermark.value);
    },
    signal,
  );
  // Stopped or not: what is there need not be read again.
  await Promise.allSettled([reading]);
  await target.checkpoint(watermark.value);
  await reading;
  return written;
}

async function bytesIn(held: Held): Promise<number> {
  let bytes = 0;
  for await (const { sets } of held) bytes += bytesOf(sets[0]);
  return bytes;
}

async function* pieces(held: Held): AsyncGenerator<PageRange> {
  for await (const { sets } of held) yield* split(sets[0], MAX_WRITE);
}

/** Writes again what differs. @returns the bytes that differed */
async function mend(
  original: Readable,
  held: Held,
  target: DiskFile,
  plan: RestoreToFilePlan,
  { retrier, limits, signal, emit }: Tools,
): Promise<number> {
  let mended = 0;
  let compared = 0;
  const onCompared = (bytes: number) => {
    compared += bytes;
    emit({ type: 'progress', phase: 'proving', done: compared, total: plan.estimate.written });
  };
  for await (const { sets } of held) {
    const differing = await compareImages(original, target, sets[0], { retrier, limits, signal, onCompared });
    for (const piece of split(differing, MAX_WRITE)) {
      await target.write(piece.start, await retrier.read(original, piece, { signal }));
    }
    mended += bytesOf(differing);
  }
  return mended;
}

function fileKeepsDiffering(path: string): BackupError {
  return new BackupError('integrity', `What is read back from ${path} differs from the recovery point again and again.`, {
    unharmed: 'The recovery point is as it was; the file was not given its name.',
    hint: 'Check this machine’s disk and memory, and restore to another place.',
  });
}

import { givesHonestDifferences } from '../../engine/chain/canary.ts';
import { isBackupError } from '../../engine/errors.ts';
import { reversedChanges, type Reversal } from '../../engine/jobs/restore/rewindWork.ts';
import type { RecoveryPoint } from '../../engine/jobs/points/points.ts';
import { PAGE } from '../../engine/ranges/pageRange.ts';
import type { RangeWindows } from '../../engine/ranges/rangeWindow.ts';
import { toolsFor, type JobOptions } from '../../engine/tools.ts';
import type { AzureSession } from '../session.ts';

/** The picture of a disk without its words; see `DiskPicture`. */
export type Shares = { readonly length: number; readonly written: readonly number[]; readonly differs: readonly number[] | undefined };

const CELLS = 200;

/** What the point holds, and what of it differs from the disk as it is today, as far as the service can tell without anything being read. */
export async function drawPoint(
  { entry }: RecoveryPoint,
  /** Points from the newest down to this one at least. */
  later: readonly RecoveryPoint[],
  backupUrl: string,
  session: AzureSession,
  job: JobOptions,
): Promise<Shares> {
  const { retrier, signal } = toolsFor(job);
  const { length } = entry.source;
  const within = { start: 0, end: length };
  const backup = await session.pageBlob(backupUrl);
  const image = backup.image(entry.backup.snapshot);
  const written = await sharesOf(
    retrier.windows('page ranges', within, (rest) => image.allocated(rest, { signal }), signal),
    length,
  );
  return { length, written, differs: await differences(entry, later, backupUrl, session, job) };
}

/** Undefined where the service gives no honest difference, or the disk or a snapshot that it needs is gone or may not be read. */
async function differences(
  entry: RecoveryPoint['entry'],
  later: readonly RecoveryPoint[],
  backupUrl: string,
  session: AzureSession,
  job: JobOptions,
): Promise<readonly number[] | undefined> {
  const tools = toolsFor(job);
  const newest = later[0]?.entry;
  if (!newest || later.some(({ state, entry: { number } }) => state === 'failed' && number >= entry.number)) return undefined;
  try {
    const [backup, disk] = await Promise.all([session.pageBlob(backupUrl), session.pageBlob(entry.source.url)]);
    const images = [disk.image(), backup.image(newest.backup.snapshot)];
    for (const image of images) if (!(await givesHonestDifferences(image, tools.retrier, tools.signal))) return undefined;
    const now = await tools.retrier.repeat('properties', () => disk.image().length({ signal: tools.signal }), tools.signal);
    const lengths = later.filter(({ entry: { number } }) => number >= entry.number).map(({ entry: { source } }) => source.length);
    const reversal: Reversal = {
      point: backup.image(entry.backup.snapshot),
      newest: newest.number === entry.number ? undefined : backup.image(newest.backup.snapshot),
      disk: disk.image(),
      anchor: newest.source.snapshot,
      tail: Math.min(now, ...lengths),
    };
    const { length } = entry.source;
    return await sharesOf(reversedChanges(reversal, { start: 0, end: length }, tools), length);
  } catch (error) {
    if (!isBackupError(error) || error.code === 'cancelled') throw error;
    return undefined;
  }
}

/** The share of each cell that a list names, 0…1. */
export async function sharesOf(windows: RangeWindows, length: number, most = CELLS): Promise<number[]> {
  const cells = Math.max(1, Math.min(most, Math.floor(length / PAGE)));
  const size = length / cells;
  const bytes = new Array<number>(cells).fill(0);
  for await (const { ranges } of windows) {
    for (const { start, end } of ranges) {
      for (let cell = Math.floor(start / size); cell < cells && cell * size < end; cell++) {
        bytes[cell]! += Math.max(0, Math.min(end, (cell + 1) * size) - Math.max(start, cell * size));
      }
    }
  }
  return bytes.map((held) => Math.min(1, held / size));
}

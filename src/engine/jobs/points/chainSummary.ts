import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { livingNumbers, type CatalogueIndex } from '../../chain/recordNames.ts';
import { readOpenRun, type OpenRun } from '../../chain/openRun.ts';
import { isBackupError } from '../../errors.ts';
import type { BlobImage, BlobProperties } from '../../pageBlob.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import { pointOf } from './pointState.ts';
import type { PointsRequest, RecoveryPoint } from './points.ts';

/** How a chain stands, from a handful of requests however long it is. */
export interface ChainSummary {
  /** Recovery points in the catalogue, whatever their state, but for pruned ones. */
  readonly points: number;
  /** Points that were deleted by plan. */
  readonly pruned?: number | undefined;
  /** Points that a later verification found wrong. */
  readonly failed: number;
  /** When the last of the runs began that found nothing to copy, so that the newest point still equalled the disk: ISO 8601. */
  readonly unchangedOn?: string | undefined;
  readonly newest: RecoveryPoint | undefined;
  /** The newest point that can be restored: looked for among the newest few only. */
  readonly lastGood: RecoveryPoint | undefined;
  /** Milliseconds between recent points on the average; undefined where there are too few to tell. */
  readonly rhythm: number | undefined;
  /** The run that is open on the backup blob. */
  readonly open: OpenRunState | undefined;
  /** Bytes of the backup blob; undefined when it is gone. */
  readonly backupLength: number | undefined;
}

export interface OpenRunState {
  readonly record: OpenRun;
  /** `running`: somebody holds the blob. `interrupted`: nobody does, and the run can be resumed. */
  readonly state: 'running' | 'interrupted';
}

/** A run that brings an earlier state back onto a blob, rather than backing one up onto it. */
export function isRestore({ kind }: OpenRun): boolean {
  return kind === 'restore' || kind === 'rewind';
}

/** How many of the newest points are looked at for one that is good. */
const LOOK_BACK = 5;
/** Over so many points the rhythm is measured. */
const RHYTHM = 4;

/** Reads the index, the newest entry and one more, and looks at the backup blob and the newest snapshot. Changes nothing. */
export async function chainSummary({ backup, catalogue }: PointsRequest, options: JobOptions): Promise<ChainSummary> {
  const tools = toolsFor(options);
  const chain = new Catalogue(catalogue, tools.retrier);
  const index = await chain.index(tools.signal);
  const [properties, recent] = await Promise.all([
    lookAt(backup.image(), tools),
    recentPoints(chain, index, (snapshot) => backup.image(snapshot), tools),
  ]);
  const newest = recent[0];
  const rhythm = newest && (await rhythmOf(newest, index, chain, tools));
  return {
    points: livingNumbers(index).length,
    ...(index.pruned.size > 0 && { pruned: index.pruned.size }),
    failed: [...index.failed].filter((number) => !index.pruned.has(number)).length,
    unchangedOn: index.unchangedOn,
    newest,
    lastGood: recent.find(({ state }) => state === 'good'),
    rhythm,
    open: properties && openRunOn(properties, index),
    backupLength: properties?.length,
  };
}

/** The open run that a blob's properties tell of, unless its point has been committed since: then only the record was left behind. */
export function openRunOn(
  { metadata, lease }: Pick<BlobProperties, 'metadata' | 'lease'>,
  { numbers }: Pick<CatalogueIndex, 'numbers'>,
): OpenRunState | undefined {
  const record = readOpenRun(metadata);
  if (record === undefined || record.parent !== (numbers.at(-1) ?? 0)) return undefined;
  return { record, state: lease === 'leased' && !record.paused ? 'running' : 'interrupted' };
}

/** From the newest point, whose record must be readable since the next run builds on it, down to the first good one. */
async function recentPoints(
  chain: Catalogue,
  index: CatalogueIndex,
  image: (snapshot: string) => BlobImage,
  tools: Tools,
): Promise<RecoveryPoint[]> {
  const points: RecoveryPoint[] = [];
  const numbers = livingNumbers(index);
  for (const number of numbers.slice(-LOOK_BACK).reverse()) {
    const entry = number === numbers.at(-1) ? await chain.entry(number, tools.signal) : await readableEntry(chain, number, tools);
    if (entry === undefined) continue;
    const there = await lookAt(image(entry.backup.snapshot), tools);
    const point = pointOf(entry, there !== undefined, index);
    points.push(point);
    if (point.state === 'good') break;
  }
  return points;
}

async function rhythmOf(newest: RecoveryPoint, { numbers }: CatalogueIndex, chain: Catalogue, tools: Tools): Promise<number | undefined> {
  const number = numbers.at(-1 - RHYTHM);
  const earlier = number === undefined ? undefined : await readableEntry(chain, number, tools);
  if (earlier === undefined) return undefined;
  const rhythm = (Date.parse(newest.entry.startedOn) - Date.parse(earlier.startedOn)) / RHYTHM;
  return rhythm > 0 ? rhythm : undefined;
}

async function readableEntry(chain: Catalogue, number: number, { signal }: Tools): Promise<CatalogueEntry | undefined> {
  return (await chain.readable(signal, [number])).entries[0];
}

async function lookAt(image: BlobImage, { retrier, signal }: Tools): Promise<BlobProperties | undefined> {
  try {
    return await retrier.repeat('properties', () => image.properties({ signal }), signal);
  } catch (error) {
    if (isBackupError(error, 'blobNotFound', 'containerNotFound', 'snapshotNotFound')) return undefined;
    throw error;
  }
}

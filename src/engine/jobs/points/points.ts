import { Catalogue, type UnreadableRecord } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { KEY } from '../../chain/metadata.ts';
import { livingNumbers } from '../../chain/recordNames.ts';
import { BackupError } from '../../errors.ts';
import type { PageBlob } from '../../pageBlob.ts';
import { badgeOf, type Badge, type Evidence } from '../../proof/evidence.ts';
import type { RecordStore } from '../../recordStore.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import { withLaterProofs } from './laterProofs.ts';
import { liveSnapshots, pointOf } from './pointState.ts';

export interface PointsRequest {
  readonly backup: PageBlob;
  readonly catalogue: RecordStore;
}

export interface RecoveryPoint {
  readonly entry: CatalogueEntry;
  /** `missing`: its snapshot was deleted outside this tool. `failed`: a later verification found it wrong. */
  readonly state: 'good' | 'missing' | 'failed';
  /** Somebody protects it from being pruned. */
  readonly isHeld?: boolean;
  /** What later verifications compared, where that was looked up. */
  readonly later?: readonly Evidence[];
}

/** What was proven of a point, by the run that made it or later; of one that was found wrong or is gone it says nothing. */
export function badgeOfPoint({ entry: { proof, committedOn, run }, later }: RecoveryPoint): Badge {
  return badgeOf({ proof, by: 'backup', on: committedOn, run }, later);
}

export interface PointList {
  /** Newest first. */
  readonly points: readonly RecoveryPoint[];
  /** Points whose records cannot be read, newest first: what they name is not known. */
  readonly unreadable: readonly UnreadableRecord[];
  /** Numbers of points that were pruned, ascending: their snapshots were deleted by plan, or soon will be. */
  readonly pruned: readonly number[];
}

/**
 * The recovery points of a chain.
 * @param options.proofs read what later verifications compared, too
 * @throws blobNotFound where there is neither a catalogue nor a backup blob, or a chain without its catalogue
 */
export async function listPoints(
  { backup, catalogue }: PointsRequest,
  options: JobOptions & { readonly proofs?: boolean },
): Promise<PointList> {
  const tools = toolsFor(options);
  const chain = new Catalogue(catalogue, tools.retrier);
  const index = await chain.index(tools.signal);
  if (index.numbers.length === 0) await requireChain(backup, catalogue, index.isBegun, tools);
  const { entries, unreadable } = await chain.readable(tools.signal, livingNumbers(index));
  const live = await liveSnapshots(backup, tools);
  const listed = entries.map((entry) => pointOf(entry, live.has(entry.backup.snapshot), index));
  const points = options.proofs ? await withLaterProofs(listed, chain, index, tools) : listed;
  return { points: points.reverse(), unreadable: unreadable.toReversed(), pruned: [...index.pruned.keys()].sort((a, b) => a - b) };
}

/** Where there are no points: is there a backup blob at all, and is this the catalogue of its chain? @throws blobNotFound */
export async function requireChain(backup: PageBlob, catalogue: RecordStore, isBegun: boolean, { retrier, signal }: Tools): Promise<void> {
  const { metadata } = await retrier.repeat('properties', () => backup.image().properties({ signal }), signal);
  if (isBegun || metadata[KEY.chain] === undefined) return;
  throw new BackupError(
    'blobNotFound',
    `${backup.url} is marked as the backup blob of a chain, but its catalogue is not at ${catalogue.url}.`,
    {
      unharmed: 'Nothing was changed.',
      hint: 'If the catalogue lies in another place, name that with --catalogue. A copy of a backup blob bears its mark too, but has no recovery points.',
    },
  );
}

import { Catalogue, type UnreadableRecord } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { KEY } from '../../chain/metadata.ts';
import { livingNumbers } from '../../chain/recordNames.ts';
import { BackupError } from '../../errors.ts';
import type { PageBlob } from '../../pageBlob.ts';
import type { Proof } from '../../proof/proof.ts';
import type { RecordStore } from '../../recordStore.ts';
import { toolsFor, type JobOptions, type Tools } from '../../tools.ts';
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
  /** What the later verification that read most has compared, where that was looked up. */
  readonly verified?: Proof | undefined;
}

export interface PointList {
  /** Newest first. */
  readonly points: readonly RecoveryPoint[];
  /** Points whose records cannot be read, newest first: what they name is not known. */
  readonly unreadable: readonly UnreadableRecord[];
  /** Numbers of points that were pruned, ascending: their snapshots were deleted by plan, or soon will be. */
  readonly pruned: readonly number[];
}

/** The recovery points of a chain. @throws blobNotFound where there is neither a catalogue nor a backup blob, or a chain without its catalogue */
export async function listPoints({ backup, catalogue }: PointsRequest, options: JobOptions): Promise<PointList> {
  const tools = toolsFor(options);
  const chain = new Catalogue(catalogue, tools.retrier);
  const index = await chain.index(tools.signal);
  if (index.numbers.length === 0) await requireChain(backup, catalogue, index.isBegun, tools);
  const { entries, unreadable } = await chain.readable(tools.signal, livingNumbers(index));
  const live = await liveSnapshots(backup, tools);
  const points = entries.map((entry) => pointOf(entry, live.has(entry.backup.snapshot), index));
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

import { KEY } from '../../chain/metadata.ts';
import type { Metadata, SnapshotId } from '../../pageBlob.ts';
import type { NeededPoints } from '../prune/neededPoints.ts';
import type { ChainSummary } from './chainSummary.ts';
import type { RecoveryPoint } from './points.ts';

/**
 * What a snapshot is needed for:
 * - `held`: somebody protects the recovery point
 * - `anchor`: the next difference of the disk is asked against it
 * - `newestPoint`: the next backup builds on it
 * - `lastGood`: no newer point can be restored
 * - `restore`: a restore from it is not finished
 * - `openRun`: a backup that is not finished has taken it and goes on with it
 *
 * `length` is what the next backup would have to compare, in bytes; `backup` the URL of the backup blob.
 */
export type Need =
  | { readonly kind: 'held' | 'lastGood' | 'restore'; readonly number: number }
  | { readonly kind: 'newestPoint'; readonly number: number; readonly length: number }
  | { readonly kind: 'anchor'; readonly length: number; readonly backup: string }
  | { readonly kind: 'openRun' };

/** Numbers of the newest recovery point, and of the newest good one. */
export interface Foremost {
  readonly newest: number | undefined;
  readonly lastGood: number | undefined;
}

/** What a recovery point is needed for. One whose snapshot is gone is needed for nothing any more; nothing is built on one that was found wrong. */
export function pointNeeds({ entry, state, isHeld }: RecoveryPoint, { newest, lastGood }: Foremost, unfinished: NeededPoints): Need[] {
  if (state === 'missing') return [];
  const { number, source, backup } = entry;
  const run = unfinished.needFor(number, backup.snapshot);
  const needs: Need[] = [];
  if (isHeld) needs.push({ kind: 'held', number });
  if (number === newest && state === 'good') needs.push({ kind: 'newestPoint', number, length: source.length });
  else if (number === lastGood) needs.push({ kind: 'lastGood', number });
  if (run === 'restore' || run === 'restoreOntoDisk') needs.push({ kind: 'restore', number });
  return needs;
}

/** What one chain of a disk needs this snapshot of the disk for. @param backup URL of its backup blob */
export function diskSnapshotNeeds(id: SnapshotId, { newest, open }: Pick<ChainSummary, 'newest' | 'open'>, backup: string): Need[] {
  const needs: Need[] = [];
  if (newest?.entry.source.snapshot === id) needs.push({ kind: 'anchor', length: newest.entry.source.length, backup });
  if (open?.record.snapshot === id) needs.push({ kind: 'openRun' });
  return needs;
}

/**
 * What a snapshot of the backup blob is needed for that is no recovery point: the open run may be about to make it one. While the run is under way
 * that holds for every snapshot that bears the mark of a run, since it may have taken another one meanwhile.
 */
export function candidateNeeds(metadata: Metadata, { open }: Pick<ChainSummary, 'open'>): Need[] {
  const mark = metadata[KEY.attempt];
  if (mark === undefined || open === undefined) return [];
  return open.state === 'running' || open.record.attempt === mark ? [{ kind: 'openRun' }] : [];
}

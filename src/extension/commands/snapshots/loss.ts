import { Catalogue } from '../../../engine/chain/catalogue.ts';
import { isBackupError } from '../../../engine/errors.ts';
import { namingPoints } from '../../../engine/jobs/points/namingPoints.ts';
import { toolsFor, type JobOptions } from '../../../engine/tools.ts';
import { markedBackup } from '../../backupMark.ts';
import type { AzureSession } from '../../session.ts';
import { urlKey } from '../../words/places.ts';
import { sourceIn, summaryOf } from '../backup/chainsOfDisk.ts';
import type { SnapshotRef } from '../rows.ts';

/**
 * What is lost with a snapshot:
 * - `anchor`: the next backup has to compare the whole disk
 * - `openRun`: an interrupted run has to begin anew
 * - `newestPoint`: the newest recovery point, and with it the cheap way to the next one
 * - `held`: one recovery point that somebody protects
 * - `point`: one recovery point
 * - `unsure`: a chain may need it, but could not be asked
 * - `nothing`: no chain needs it
 */
export type Loss =
  | { readonly kind: 'anchor'; readonly length: number; readonly backup: string }
  | { readonly kind: 'newestPoint' | 'held' | 'point'; readonly number: number; readonly length: number }
  | { readonly kind: 'openRun' | 'nothing' }
  | { readonly kind: 'unsure'; readonly reason: string };

/** Asks the chains, now: what the tree shows may be old. */
export async function lossOf(snapshot: SnapshotRef, tools: { readonly session: AzureSession; readonly job: JobOptions }): Promise<Loss> {
  const losses = [await asPoint(snapshot, tools)];
  for (const backup of await backupsNamedOn(snapshot.blob, tools)) losses.push(await asSource(snapshot, backup, tools));
  const order: readonly Loss['kind'][] = ['anchor', 'held', 'newestPoint', 'openRun', 'point', 'unsure', 'nothing'];
  return losses.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0]!;
}

/** Does deleting it break a chain, or may it? Then once is not enough. */
export function breaksChain({ kind }: Loss): boolean {
  return kind !== 'nothing' && kind !== 'point';
}

async function asPoint({ blob, id }: SnapshotRef, tools: { readonly session: AzureSession; readonly job: JobOptions }): Promise<Loss> {
  return unsureIfUnreadable(async () => {
    const { newest, open, backupLength = 0 } = await summaryOf(blob, tools);
    if (newest?.entry.backup.snapshot === id) {
      const kind = newest.isHeld ? 'held' : 'newestPoint';
      return { kind, number: newest.entry.number, length: backupLength };
    }
    const { named, isComplete } = newest
      ? await namingPoints(await tools.session.recordStoreFor(blob), [id], 'backup', tools.job)
      : { named: new Map<string, number>(), isComplete: true };
    const number = named.get(id);
    if (number !== undefined) return { kind: (await isHeld(blob, number, tools)) ? 'held' : 'point', number, length: backupLength };
    if (open?.state === 'running') return { kind: 'openRun' };
    return isComplete ? { kind: 'nothing' } : { kind: 'unsure', reason: '' };
  });
}

async function isHeld(blob: string, number: number, { session, job }: Parameters<typeof asPoint>[1]): Promise<boolean> {
  const { retrier, signal } = toolsFor(job);
  return (await new Catalogue(await session.recordStoreFor(blob), retrier).index(signal)).held.has(number);
}

async function asSource(
  { blob, id }: SnapshotRef,
  backup: string,
  tools: { readonly session: AzureSession; readonly job: JobOptions },
): Promise<Loss> {
  return unsureIfUnreadable(async () => {
    const summary = await summaryOf(backup, tools);
    const source = sourceIn(summary);
    if (source === undefined || urlKey(source) !== urlKey(blob)) return { kind: 'nothing' };
    if (summary.newest?.entry.source.snapshot === id) return { kind: 'anchor', length: summary.newest.entry.source.length, backup };
    return { kind: summary.open?.record.snapshot === id ? 'openRun' : 'nothing' };
  });
}

async function unsureIfUnreadable(look: () => Promise<Loss>): Promise<Loss> {
  try {
    return await look();
  } catch (error) {
    if (!isBackupError(error) || error.code === 'cancelled') throw error;
    return { kind: 'unsure', reason: error.message };
  }
}

/** All backup blobs that snapshots of a blob name, whether or not it is so. */
async function backupsNamedOn(
  url: string,
  { session, job }: { readonly session: AzureSession; readonly job: JobOptions },
): Promise<string[]> {
  const blob = await session.pageBlob(url);
  const { retrier, signal } = toolsFor(job);
  const found = new Map<string, string>();
  await retrier.repeat(
    'snapshots',
    async () => {
      for await (const { metadata } of blob.snapshots({ signal })) {
        const backup = markedBackup(metadata);
        if (backup !== undefined) found.set(urlKey(backup), backup);
      }
    },
    signal,
  );
  return [...found.values()];
}

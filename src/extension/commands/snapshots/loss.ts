import { Catalogue } from '../../../engine/chain/catalogue.ts';
import { isBackupError } from '../../../engine/errors.ts';
import { namingPoints } from '../../../engine/jobs/points/namingPoints.ts';
import { candidateNeeds, diskSnapshotNeeds, pointNeeds, type Need } from '../../../engine/jobs/points/needs.ts';
import { pointOf } from '../../../engine/jobs/points/pointState.ts';
import type { Metadata } from '../../../engine/pageBlob.ts';
import { toolsFor, type JobOptions } from '../../../engine/tools.ts';
import { markedBackup } from '../../backupMark.ts';
import type { AzureSession } from '../../session.ts';
import { unfinishedOn } from '../../unfinished.ts';
import { urlKey } from '../../words/places.ts';
import { sourceIn, summaryOf } from '../backup/chainsOfDisk.ts';
import type { SnapshotRef } from '../rows.ts';

/**
 * What is lost with a snapshot:
 * - `needed`: something that a chain or a person needs, for each of these reasons
 * - `point`: one recovery point
 * - `unsure`: a chain may need it, but could not be asked
 * - `nothing`: no chain needs it
 */
export type Loss =
  | { readonly kind: 'needed'; readonly needs: readonly Need[] }
  | { readonly kind: 'point'; readonly number: number }
  | { readonly kind: 'unsure'; readonly reason: string }
  | { readonly kind: 'nothing' };

interface Tools {
  readonly session: AzureSession;
  readonly job: JobOptions;
}

/** Asks the chains, now: what the tree shows may be old. */
export async function lossOf(snapshot: SnapshotRef, tools: Tools): Promise<Loss> {
  const marks = await marksOn(snapshot.blob, tools);
  const losses = [await asPoint(snapshot, marks.get(snapshot.id) ?? {}, tools)];
  for (const backup of backupsNamedIn(marks.values())) losses.push(await asSource(snapshot, backup, tools));
  const needs = losses.flatMap((loss) => (loss.kind === 'needed' ? loss.needs : []));
  if (needs.length > 0) return { kind: 'needed', needs };
  const order: readonly Loss['kind'][] = ['point', 'unsure', 'nothing'];
  return losses.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0]!;
}

/** Does deleting it break a chain, or may it? Then once is not enough. */
export function breaksChain({ kind }: Loss): boolean {
  return kind === 'needed' || kind === 'unsure';
}

export function isHeld(loss: Loss): boolean {
  return loss.kind === 'needed' && loss.needs.some(({ kind }) => kind === 'held');
}

async function asPoint({ blob, id }: SnapshotRef, marks: Metadata, tools: Tools): Promise<Loss> {
  return unsureIfUnreadable(async () => {
    const summary = await summaryOf(blob, tools);
    const { newest, lastGood } = summary;
    const catalogue = await tools.session.recordStoreFor(blob);
    const { named, isComplete } = newest
      ? await namingPoints(catalogue, [id], 'backup', tools.job)
      : { named: new Map<string, number>(), isComplete: true };
    const number = named.get(id);
    if (number === undefined) {
      const needs = candidateNeeds(marks, summary);
      if (needs.length > 0) return { kind: 'needed', needs };
      return isComplete ? { kind: 'nothing' } : { kind: 'unsure', reason: '' };
    }
    const { retrier, signal } = toolsFor(tools.job);
    const chain = new Catalogue(catalogue, retrier);
    const point = pointOf(await chain.entry(number, signal), true, await chain.index(signal));
    const foremost = { newest: newest?.entry.number, lastGood: lastGood?.entry.number };
    const needs = pointNeeds(point, foremost, await unfinishedOn(blob, sourceIn(summary), tools));
    return needs.length > 0 ? { kind: 'needed', needs } : { kind: 'point', number };
  });
}

async function asSource({ blob, id }: SnapshotRef, backup: string, tools: Tools): Promise<Loss> {
  return unsureIfUnreadable(async () => {
    const summary = await summaryOf(backup, tools);
    const source = sourceIn(summary);
    if (source === undefined || urlKey(source) !== urlKey(blob)) return { kind: 'nothing' };
    const needs = diskSnapshotNeeds(id, summary, backup);
    return needs.length > 0 ? { kind: 'needed', needs } : { kind: 'nothing' };
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

/** Metadata of a blob's snapshots, by their ids. */
async function marksOn(url: string, { session, job }: Tools): Promise<Map<string, Metadata>> {
  const blob = await session.pageBlob(url);
  const { retrier, signal } = toolsFor(job);
  const list = async (): Promise<Map<string, Metadata>> => {
    const marks = new Map<string, Metadata>();
    for await (const { id, metadata } of blob.snapshots({ signal })) marks.set(id, metadata);
    return marks;
  };
  return retrier.repeat('snapshots', list, signal);
}

/** All backup blobs that snapshots name, whether or not it is so. */
function backupsNamedIn(marks: Iterable<Metadata>): string[] {
  const found = new Map<string, string>();
  for (const metadata of marks) {
    const backup = markedBackup(metadata);
    if (backup !== undefined) found.set(urlKey(backup), backup);
  }
  return [...found.values()];
}

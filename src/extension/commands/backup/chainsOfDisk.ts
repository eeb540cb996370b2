import { isBackupError } from '../../../engine/errors.ts';
import { chainSummary, type ChainSummary } from '../../../engine/jobs/points/chainSummary.ts';
import { toolsFor } from '../../../engine/tools.ts';
import { markedBackup } from '../../backupMark.ts';
import { urlKey } from '../../words/places.ts';
import type { AzureSession } from '../../session.ts';
import type { CommandTools } from '../tools.ts';

type Tools = Pick<CommandTools, 'job'> & { readonly session: AzureSession };

/**
 * The backup blobs of a disk, as its own snapshots name them, the newest first. A mark is only a hint, since copies of a blob inherit it: one whose
 * catalogue says that it is of another disk is left out.
 */
export async function backupsOfDisk(disk: string, tools: Tools): Promise<string[]> {
  const blob = await tools.session.pageBlob(disk);
  const { retrier, signal } = toolsFor(tools.job);
  const marks = await retrier.repeat('snapshots', () => marksOn(blob, signal), signal);
  const named = new Map(marks.reverse().map((url) => [urlKey(url), url]));
  const backups: string[] = [];
  for (const backup of named.values()) {
    const found = await sourceOfChain(backup, tools);
    if (found === 'unreadable' || (found.source !== undefined && urlKey(found.source) === urlKey(disk))) backups.push(backup);
  }
  return backups;
}

/** The disk whose chain lies in this blob; undefined where there is no chain. `unreadable`: nobody can say. */
export async function sourceOfChain(backup: string, tools: Tools): Promise<{ readonly source: string | undefined } | 'unreadable'> {
  try {
    return { source: sourceIn(await summaryOf(backup, tools)) };
  } catch (error) {
    if (!isBackupError(error) || error.code === 'cancelled') throw error;
    return 'unreadable';
  }
}

/** How the chain in this blob stands. @throws what reading it throws */
export async function summaryOf(backup: string, { session, job }: Tools): Promise<ChainSummary> {
  const [blob, catalogue] = await Promise.all([session.pageBlob(backup), session.recordStoreFor(backup)]);
  return chainSummary({ backup: blob, catalogue }, job);
}

/** A restore's open run does not make its target a backup. */
export function sourceIn({ newest, open }: Pick<ChainSummary, 'newest' | 'open'>): string | undefined {
  return newest?.entry.source.url ?? (open && open.record.kind !== 'restore' ? open.record.source : undefined);
}

async function marksOn(blob: Awaited<ReturnType<Tools['session']['pageBlob']>>, signal: AbortSignal | undefined): Promise<string[]> {
  const marks: string[] = [];
  for await (const { metadata } of blob.snapshots({ signal })) {
    const url = markedBackup(metadata);
    if (url !== undefined) marks.push(url);
  }
  return marks;
}

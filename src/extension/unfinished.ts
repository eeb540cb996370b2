import { isBackupError } from '../engine/errors.ts';
import { neededPoints, type NeededPoints } from '../engine/jobs/prune/neededPoints.ts';
import { toolsFor, type JobOptions } from '../engine/tools.ts';
import type { AzureSession } from './session.ts';

/**
 * Which points of a chain unfinished work needs.
 * @param source URL of the disk; where it is not known, or not among the user's accounts, a restore onto it is not seen
 * @throws what looking at the backup blob throws
 */
export async function unfinishedOn(
  backup: string,
  source: string | undefined,
  { session, job }: { readonly session: AzureSession; readonly job: JobOptions },
): Promise<NeededPoints> {
  const [blob, disk] = await Promise.all([session.pageBlob(backup), source === undefined ? undefined : reachable(source, session)]);
  return neededPoints({ backup: blob, source: disk }, toolsFor(job));
}

async function reachable(url: string, session: AzureSession): Promise<Awaited<ReturnType<AzureSession['pageBlob']>> | undefined> {
  try {
    return await session.pageBlob(url);
  } catch (error) {
    if (!isBackupError(error) || error.code === 'cancelled') throw error;
    return undefined;
  }
}

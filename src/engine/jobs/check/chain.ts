import { KEY } from '../../chain/metadata.ts';
import { isBackupError } from '../../errors.ts';
import type { PageBlob, SnapshotInfo } from '../../pageBlob.ts';
import type { JobOptions, Tools } from '../../tools.ts';
import { planBackup } from '../backup/plan.ts';
import type { BackupRequest } from '../backup/request.ts';
import { chainSummary, type ChainSummary } from '../points/chainSummary.ts';
import { namingPoints } from '../points/namingPoints.ts';
import { stopping, type Finding } from './finding.ts';

/** A premium page blob can have 100 (REST: Snapshot Blob). */
const MANY_SNAPSHOTS = 90;

export interface ChainLook {
  readonly findings: readonly Finding[];
  readonly summary: ChainSummary | undefined;
}

/** What the next backup would meet, and how the chain stands. Changes nothing. */
export async function checkChainState(request: BackupRequest, options: JobOptions): Promise<ChainLook> {
  const findings: Finding[] = [];
  let summary: ChainSummary | undefined;
  try {
    summary = await chainSummary(request, options);
    findings.push(...stateFindings(summary));
    const { kind, reason, warnings, resumes } = await planBackup(request, options);
    findings.push(...warnings.map((text): Finding => ({ code: 'warning', level: 'risk', place: 'source', text, remedy: undefined })));
    if (kind === 'rebase') findings.push({ code: 'rebase', level: 'risk', place: 'source', text: reason, remedy: REBASE });
    if (resumes && summary.open?.state === 'interrupted') findings.push(abandoned(resumes.startedOn));
  } catch (error) {
    if (!isBackupError(error) || error.code === 'cancelled' || error.retryable) throw error;
    findings.push(stopping(isBackupError(error, 'busy', 'notOurs', 'otherSource') ? 'backup' : 'source', error));
  }
  return { findings, summary };
}

const REBASE =
  'Run the backup: it reads the whole disk and the backup once, writes what differs, and makes a right point. After that differences work again.';

function stateFindings({ newest, failed, points }: ChainSummary): Finding[] {
  const findings: Finding[] = [];
  if (newest) {
    const { source, backup, number } = newest.entry;
    findings.push(
      {
        code: 'neededOnSource',
        level: 'note',
        place: 'source',
        text: `The next backup needs the snapshot ${source.snapshot} of the disk.`,
        remedy: 'Leave it there, and keep other tools from deleting it.',
      },
      {
        code: 'neededOnBackup',
        level: 'note',
        place: 'backup',
        text: `The newest recovery point (${number}) is the snapshot ${backup.snapshot} of the backup blob.`,
        remedy: 'Delete recovery points with "prune" only.',
      },
    );
    if (newest.state === 'missing') findings.push({ ...POINT_GONE, text: POINT_GONE.text.replace('{n}', String(number)) });
  }
  if (failed > 0) findings.push(wrongPoints(failed, points, newest?.state === 'good'));
  return findings;
}

/** @param isMended backups go on from a newest point that is right */
function wrongPoints(failed: number, points: number, isMended: boolean): Finding {
  return {
    code: 'pointsFailed',
    level: isMended ? 'note' : 'risk',
    place: 'backup',
    text: `A verification found ${failed} of ${points} recovery ${points === 1 ? 'point' : 'points'} wrong.`,
    remedy: isMended
      ? 'Restore none of the wrong ones: "points" lists them. Backups go on from the newest one, which is not among them, and "prune" deletes them.'
      : 'Run the backup: it compares the whole disk and makes a right point. Restore none of the wrong ones.',
  };
}

const POINT_GONE: Finding = {
  code: 'pointGone',
  level: 'risk',
  place: 'backup',
  text: 'The snapshot of recovery point {n}, the newest one, is gone: it was deleted outside this tool.',
  remedy: 'If soft delete is on, undelete the backup blob: az storage blob undelete. Otherwise run a backup: it makes a new point.',
};

function abandoned(startedOn: string): Finding {
  return {
    code: 'abandonedRun',
    level: 'risk',
    place: 'backup',
    text: `A backup that began on ${startedOn} was interrupted and is not finished.`,
    remedy: 'Run the backup again: it goes on from where that one stopped.',
  };
}

/** Snapshots that a run of ours took and no recovery point names, and too many in a premium account. Deletes nothing. */
export async function checkSnapshots(
  blob: PageBlob,
  of: 'source' | 'backup',
  { backup, catalogue }: BackupRequest,
  { open, isPremium }: { readonly open: ChainSummary['open']; readonly isPremium: boolean },
  options: JobOptions,
  { retrier, signal }: Tools,
): Promise<Finding[]> {
  const all = await retrier.repeat('snapshots', () => listed(blob, signal), signal);
  const isOurs = ({ metadata }: SnapshotInfo): boolean =>
    of === 'source' ? metadata[KEY.run] !== undefined && metadata[KEY.backup] === backup.url : metadata[KEY.attempt] !== undefined;
  const isOpen = ({ id, metadata }: SnapshotInfo): boolean =>
    id === open?.record.snapshot || (metadata[KEY.attempt] ?? '') === open?.record.attempt;
  const marked = all.filter((one) => isOurs(one) && !isOpen(one)).map(({ id }) => id);
  const { named, isComplete } = await namingPoints(catalogue, marked, of, options);
  const orphans = marked.filter((id) => !named.has(id));
  const findings: Finding[] = [];
  if (orphans.length > 0 && isComplete) {
    const which = orphans.slice(0, 3).join(', ') + (orphans.length > 3 ? ', …' : '');
    findings.push({
      code: 'orphans',
      level: 'note',
      place: of,
      text: `${orphans.length} ${orphans.length === 1 ? 'snapshot' : 'snapshots'} of interrupted runs ${orphans.length === 1 ? 'is' : 'are'} needed by nothing and ${orphans.length === 1 ? 'costs' : 'cost'} money: ${which}.`,
      remedy: `Delete them one by one, by their ids: az storage blob delete --snapshot <id>.`,
    });
  }
  if (isPremium && all.length >= MANY_SNAPSHOTS) {
    findings.push({
      code: 'manySnapshots',
      level: 'risk',
      place: of,
      text: `The ${of === 'source' ? 'disk' : 'backup blob'} has ${all.length} snapshots. It is a premium page blob, and can have 100.`,
      remedy: of === 'source' ? 'Delete those that nobody needs.' : 'Delete old recovery points (prune).',
    });
  }
  return findings;
}

async function listed(blob: PageBlob, signal: AbortSignal | undefined): Promise<SnapshotInfo[]> {
  const all: SnapshotInfo[] = [];
  for await (const snapshot of blob.snapshots({ signal })) all.push(snapshot);
  return all;
}

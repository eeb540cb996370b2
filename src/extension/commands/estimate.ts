import { commands, l10n } from 'vscode';
import { notices } from '../notices.ts';
import { estimateOf } from '../../engine/jobs/estimate.ts';
import { planBackup, type BackupPlan } from '../../engine/jobs/backup/plan.ts';
import { countWork, fullWork } from '../../engine/jobs/backup/work.ts';
import { toolsFor, type JobOptions } from '../../engine/tools.ts';
import { COMMANDS } from '../names.ts';
import { estimateWords } from '../words/estimate.ts';
import { placeOf } from '../words/places.ts';
import { readRunSettings } from '../settings.ts';
import { askBlob } from './ask/askBlob.ts';
import { backupsOfDisk } from './backup/chainsOfDisk.ts';
import { withWaiting } from './progress.ts';
import { diskOf, rowOf } from './rows.ts';
import type { CommandTools, Handler } from './tools.ts';

type EstimatedPlan = Parameters<typeof estimateWords>[1];

/** *Estimate Next Backup*: plans one and tells, changing nothing. */
export const estimate: Handler = async (tools, first) => {
  const disk = diskOf(first) ?? (await askBlob(l10n.t('Estimate Next Backup'), 'disk', tools));
  if (disk === undefined) return;
  const { name } = placeOf(disk);
  const row = rowOf(first);
  const chain = row?.kind === 'chain' ? row.backup : undefined;
  const plan = await withWaiting(l10n.t('Estimating the next backup of {0}', name), tools.job, async (job) => {
    const backup = chain ?? (await backupsOfDisk(disk, { ...tools, job }))[0];
    return backup === undefined ? firstBackup(disk, tools, job) : nextBackup(disk, backup, tools, job);
  });
  const { text, detail } = estimateWords(name, plan, tools.voice);
  tools.log.info(`${text}\n${detail}`);
  const start = l10n.t('Back Up Now');
  const answer = await notices.showInformationMessage(text, { modal: true, detail }, start);
  if (answer === start) await commands.executeCommand(COMMANDS.backUp, chain === undefined ? disk : first);
};

async function nextBackup(disk: string, backup: string, { session }: CommandTools, job: JobOptions): Promise<BackupPlan> {
  const [source, target, catalogue] = await Promise.all([session.pageBlob(disk), session.pageBlob(backup), session.recordStoreFor(backup)]);
  const { transfer } = readRunSettings();
  return planBackup({ source, backup: target, catalogue, transfer }, { ...job, estimate: true });
}

/** Without a chain every page that the disk holds is copied, wherever to. */
async function firstBackup(disk: string, { session }: CommandTools, job: JobOptions): Promise<EstimatedPlan> {
  const tools = toolsFor(job);
  const { retrier, signal } = tools;
  const original = (await session.pageBlob(disk)).image();
  const length = await retrier.repeat('properties', () => original.length({ signal }), signal);
  const count = await countWork(fullWork({ original, target: undefined, within: { start: 0, end: length } }, tools));
  return {
    kind: 'full',
    reason: l10n.t('There is no backup of this disk yet, so every page that it holds is copied.'),
    source: { length },
    resumes: undefined,
    estimate: estimateOf(count),
    warnings: [],
  };
}

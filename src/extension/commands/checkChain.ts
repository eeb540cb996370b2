import { l10n, window, workspace } from 'vscode';
import { checkChain as look, type CheckResult } from '../../engine/jobs/check/check.ts';
import { checkWords } from '../words/check.ts';
import { placeOf } from '../words/places.ts';
import { notices } from '../notices.ts';
import { askBlob } from './ask/askBlob.ts';
import { backupsOfDisk } from './backup/chainsOfDisk.ts';
import { withWaiting } from './progress.ts';
import { diskOf, rowOf } from './rows.ts';
import type { CommandTools, Handler } from './tools.ts';

/** *Check This Chain*: what would hurt it, and what to do, as a document. Changes nothing. */
export const checkChain: Handler = async (tools, first) => {
  const disk = diskOf(first) ?? (await askBlob(l10n.t('Check This Chain'), 'disk', tools));
  if (disk === undefined) return;
  const { name } = placeOf(disk);
  const row = rowOf(first);
  const chain = row?.kind === 'chain' ? row.backup : undefined;
  const result = await withWaiting(l10n.t('Checking the chain of {0}', name), tools.job, async (job) => {
    const backup = chain ?? (await backupsOfDisk(disk, { ...tools, job }))[0];
    return backup === undefined ? undefined : checked(disk, backup, { ...tools, job });
  });
  if (result === undefined) {
    await notices.showInformationMessage(l10n.t('There is no backup of {0} yet, so there is no chain to check.', name));
    return;
  }
  const content = checkWords(result, tools.voice);
  await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content }));
};

async function checked(disk: string, backup: string, { session, directory, job }: CommandTools): Promise<CheckResult> {
  const [source, target, catalogue] = await Promise.all([session.pageBlob(disk), session.pageBlob(backup), session.recordStoreFor(backup)]);
  // Any record will do: what is asked for is where they lie.
  const places = [disk, backup, `${catalogue.url}/chain.json`];
  const [around, aroundBackup, aroundRecords] = await Promise.all(places.map((url) => session.surroundings(url)));
  const isApart = aroundRecords!.endpoint !== aroundBackup!.endpoint;
  const asked = [around!, aroundBackup!, ...(isApart ? [aroundRecords!] : [])];
  const [ofSource, ofBackup, ofCatalogue] = await Promise.all(asked.map((where) => directory.rulesOf(where, job.signal)));
  return look(
    {
      source,
      backup: target,
      catalogue,
      surroundings: { source: around!, backup: aroundBackup! },
      rules: { source: ofSource, backup: ofBackup, catalogue: ofCatalogue },
    },
    job,
  );
}

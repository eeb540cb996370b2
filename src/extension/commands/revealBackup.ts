import { l10n } from 'vscode';
import { notices } from '../notices.ts';
import { placeOf } from '../words/places.ts';
import { backupsOfDisk } from './backup/chainsOfDisk.ts';
import { rowOf } from './rows.ts';
import type { CommandTools, Handler } from './tools.ts';

/** *Reveal Backup*: selects the backup blob in the tree. Buttons hand over its URL. */
export const revealBackup: Handler = async (tools, first) => {
  const backup = await backupOf(first, tools);
  if (backup === undefined) {
    await notices.showInformationMessage(l10n.t('There is no backup of this disk yet.'));
    return;
  }
  if (await tools.trees.reveal(backup)) return;
  const attach = l10n.t('Attach Account…');
  const { account, path } = placeOf(backup);
  const text = l10n.t('The backup is {0} in the account {1}, which is not among your accounts.', path, account);
  if ((await notices.showInformationMessage(text, attach)) === attach) await tools.accounts.attachAccount();
};

async function backupOf(first: unknown, tools: CommandTools): Promise<string | undefined> {
  if (typeof first === 'string') return first;
  const row = rowOf(first);
  if (!row || !('backup' in row)) return undefined;
  if (row.backup !== undefined || row.kind !== 'blob') return row.backup;
  return (await backupsOfDisk(row.url, tools))[0];
}

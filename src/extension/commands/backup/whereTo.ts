import { l10n, ThemeIcon } from 'vscode';
import { notices } from '../../notices.ts';
import { placeOf } from '../../words/places.ts';
import { askPlace } from '../ask/askBlobName.ts';
import { choose } from '../ask/quickInput.ts';
import type { CommandTools } from '../tools.ts';
import { backupsOfDisk, sourceOfChain } from './chainsOfDisk.ts';

/**
 * Where the backup of a disk goes: the chain remembers it, on the disk's own snapshots. The first time the user is asked.
 * @returns URL of the backup blob; undefined when the user turns away or the blob is itself a backup
 */
export async function whereTo(disk: string, title: string, tools: CommandTools): Promise<string | undefined> {
  const own = await sourceOfChain(disk, tools);
  if (own !== 'unreadable' && own.source !== undefined) {
    await refuseBackupBlob(disk, own.source, tools);
    return undefined;
  }
  const remembered = await backupsOfDisk(disk, tools);
  if (remembered.length > 1) return chooseChain(remembered, title);
  if (remembered.length === 1) return remembered[0];
  const { name } = placeOf(disk);
  return askPlace(
    {
      title,
      from: disk,
      name,
      accountPlaceholder: l10n.t('Storage account for the backups of {0}; another one than the disk’s', name),
      containerPlaceholder: l10n.t('Container for the backup blob and its catalogue'),
      namePrompt: l10n.t('Name of the backup blob. Next time one click will do: the chain remembers it.'),
    },
    tools,
  );
}

async function chooseChain(backups: readonly string[], title: string): Promise<string | undefined> {
  const items = backups.map((backup) => {
    const { account, path } = placeOf(backup);
    return { label: path, description: account, iconPath: new ThemeIcon('archive'), backup };
  });
  const end = await choose({ title, placeholder: l10n.t('This disk has several chains. Which one is to go on?'), items });
  return typeof end === 'string' ? undefined : end.value.backup;
}

async function refuseBackupBlob(blob: string, disk: string, tools: CommandTools): Promise<void> {
  const show = l10n.t('Show the Disk');
  const text = l10n.t(
    '{0} is a backup blob: it holds the recovery points of {1}. Back up that disk instead. Nothing was changed.',
    placeOf(blob).name,
    placeOf(disk).path,
  );
  if ((await notices.showWarningMessage(text, show)) === show) await tools.trees.reveal(disk);
}

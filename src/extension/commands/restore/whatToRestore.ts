import { l10n, ThemeIcon } from 'vscode';
import { notices } from '../../notices.ts';
import type { RecoveryPoint } from '../../../engine/jobs/points/points.ts';
import { placeOf } from '../../words/places.ts';
import { askBlob } from '../ask/askBlob.ts';
import { choose } from '../ask/quickInput.ts';
import { backupsOfDisk } from '../backup/chainsOfDisk.ts';
import { rowOf, type Row } from '../rows.ts';
import type { CommandTools } from '../tools.ts';

export interface WhatToRestore {
  /** URL of the backup blob. */
  readonly backup: string;
  /** The point whose row it was. */
  readonly point: RecoveryPoint | undefined;
}

/** The chain, and perhaps the point, that a row stands for; asked for where there is none. Undefined when the user turns away. */
export async function whatToRestore(first: unknown, title: string, tools: CommandTools): Promise<WhatToRestore | undefined> {
  const row = rowOf(first);
  if (row?.kind === 'point') return { backup: row.backup, point: row.point };
  const backup = row ? await backupIn(row, title, tools) : await askBlob(title, 'backup', tools);
  return backup === undefined ? undefined : { backup, point: undefined };
}

async function backupIn(row: Row, title: string, tools: CommandTools): Promise<string | undefined> {
  if (row.kind === 'chain') return row.backup;
  if (row.kind !== 'blob') return undefined;
  if (row.backup === row.url) return row.url;
  const backups = await backupsOfDisk(row.url, tools);
  if (backups.length > 1) return chooseChain(backups, title);
  const backup = backups[0] ?? row.backup;
  if (backup === undefined) {
    await notices.showInformationMessage(l10n.t('There is no backup of {0} yet, so there is nothing to restore.', placeOf(row.url).name));
  }
  return backup;
}

async function chooseChain(backups: readonly string[], title: string): Promise<string | undefined> {
  const items = backups.map((backup) => {
    const { account, path } = placeOf(backup);
    return { label: path, description: account, iconPath: new ThemeIcon('archive'), backup };
  });
  const end = await choose({ title, placeholder: l10n.t('This disk has several chains. Restore from which one?'), items });
  return typeof end === 'string' ? undefined : end.value.backup;
}

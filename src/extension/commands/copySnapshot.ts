import { l10n } from 'vscode';
import { placeOf } from '../words/places.ts';
import { timeIn } from '../words/times.ts';
import { askPlace } from './ask/askBlobName.ts';
import { rowOf, snapshotOf } from './rows.ts';
import type { Handler } from './tools.ts';

/** *Copy Snapshot to…*: a whole copy of a snapshot or recovery point, made by the service itself. */
export const copySnapshot: Handler = async (tools, first) => {
  const row = rowOf(first);
  const snapshot = row && snapshotOf(row);
  if (!row || !snapshot || !('url' in row)) return;
  const { name } = placeOf(snapshot.blob);
  const target = await askPlace(
    {
      title: l10n.t('Copy Snapshot of {0}', name),
      from: snapshot.blob,
      name: copyName(name, snapshot.id),
      accountPlaceholder: l10n.t('Storage account to copy to'),
      containerPlaceholder: l10n.t('Container to copy to'),
      namePrompt: l10n.t('Name of the copy. It must not exist: a copy never writes over a blob.'),
    },
    tools,
  );
  if (target !== undefined) await tools.runs.start({ job: 'copy', source: row.url, target });
};

/** `disk.vhd` of a moment becomes `disk-20261121-140003.vhd`. */
export function copyName(name: string, id: string): string {
  const time = timeIn(id);
  const mark = time === undefined ? 'copy' : new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return name.replace(/(?<ending>\.[^.]*)?$/, `-${mark}$<ending>`);
}

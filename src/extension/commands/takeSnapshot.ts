import { l10n } from 'vscode';
import { notices } from '../notices.ts';
import { takeMarkedSnapshot } from '../../engine/chain/markedSnapshot.ts';
import { toolsFor } from '../../engine/tools.ts';
import { placeOf } from '../words/places.ts';
import { momentText, timeIn } from '../words/times.ts';
import { askBlob } from './ask/askBlob.ts';
import { withWaiting } from './progress.ts';
import { diskOf } from './rows.ts';
import type { Handler } from './tools.ts';

/** By this a snapshot is found again when the service's answer was lost. It is none of the marks of runs, so no chain takes it for its own. */
const MARK = 'pbb_taken';

/** *Take Snapshot*: one snapshot of a blob, outside of any chain. */
export const takeSnapshot: Handler = async (tools, first) => {
  const url = diskOf(first) ?? (await askBlob(l10n.t('Take Snapshot'), 'disk', tools));
  if (url === undefined) return;
  const { name } = placeOf(url);
  const id = await withWaiting(l10n.t('Taking a snapshot of {0}', name), tools.job, async (job) => {
    const { retrier, signal, world } = toolsFor(job);
    const blob = await tools.session.pageBlob(url);
    const { metadata } = await retrier.repeat('properties', () => blob.image().properties({ signal }), signal);
    return takeMarkedSnapshot(blob, { key: MARK, value: world.uuid() }, metadata, {}, { retrier, signal });
  });
  tools.trees.blobChanged(url);
  const time = timeIn(id);
  const when = time === undefined ? id : momentText(time, tools.voice);
  tools.log.info(`Took snapshot ${id} of ${url}.`);
  await notices.showInformationMessage(
    l10n.t('Took a snapshot of {0}: {1}. It lies in the account of the disk and is lost with it; it is no backup.', name, when),
  );
};

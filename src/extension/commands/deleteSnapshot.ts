import { l10n, window } from 'vscode';
import { notices } from '../notices.ts';
import { isBackupError } from '../../engine/errors.ts';
import { toolsFor, type JobOptions } from '../../engine/tools.ts';
import { deletionWords, secondWords, snapshotName, type Deletion } from '../words/deletion.ts';
import { withLooking, withWaiting } from './progress.ts';
import { rowsOf, snapshotOf } from './rows.ts';
import { breaksChain, isHeld, lossOf, type Loss } from './snapshots/loss.ts';
import type { CommandTools, Handler } from './tools.ts';

/** *Delete Snapshot*: says what is lost, and asks twice for what breaks a chain. Each snapshot is named; never a blob with all its snapshots. */
export const deleteSnapshot: Handler = async (tools, first, selected) => {
  const snapshots = rowsOf(first, selected).flatMap((row) => snapshotOf(row) ?? []);
  if (snapshots.length === 0) return;
  const deletions = await withLooking(l10n.t('Looking at what needs these snapshots'), async () => {
    const found: Deletion[] = [];
    for (const snapshot of snapshots) found.push({ snapshot, loss: await lossOf(snapshot, tools) });
    return found;
  });
  const held = deletions.filter(({ loss }) => isHeld(loss));
  if (held.length > 0) {
    await tellHeld(held, tools);
    return;
  }
  if (!(await areConfirmed(deletions, tools))) return;
  await withWaiting(l10n.t('Deleting snapshots'), tools.job, (job) => deleteAll(deletions, tools, job));
};

/** A hold is no question of how often one is asked: whoever set it takes it off. */
async function tellHeld(held: readonly Deletion[], { voice }: CommandTools): Promise<void> {
  const { detail } = deletionWords(held, voice);
  await notices.showWarningMessage(l10n.t('Nothing was deleted.'), { modal: true, detail: detail.split('\n\n').slice(0, -1).join('\n\n') });
}

async function areConfirmed(deletions: readonly Deletion[], { voice }: CommandTools): Promise<boolean> {
  const breaking = deletions.filter(({ loss }) => breaksChain(loss));
  const once = breaking.length > 0 ? l10n.t('Delete All the Same…') : l10n.t('Delete');
  const { text, detail } = deletionWords(deletions, voice);
  if ((await notices.showWarningMessage(text, { modal: true, detail }, once)) !== once) return false;
  if (breaking.length === 0) return true;
  const twice = l10n.t('Break the Chain');
  const second = secondWords(breaking, voice);
  return (await notices.showWarningMessage(second.text, { modal: true, detail: second.detail }, twice)) === twice;
}

function kindsOf(loss: Loss): string {
  return loss.kind === 'needed' ? loss.needs.map(({ kind }) => kind).join(', ') : loss.kind;
}

async function deleteAll(deletions: readonly Deletion[], tools: CommandTools, job: JobOptions): Promise<void> {
  const { retrier, signal } = toolsFor(job);
  const touched = new Set<string>();
  try {
    for (const { snapshot, loss } of deletions) {
      const blob = await tools.session.pageBlob(snapshot.blob);
      touched.add(snapshot.blob);
      try {
        await retrier.repeat('deleting a snapshot', () => blob.deleteSnapshot(snapshot.id, { signal }), signal);
      } catch (error) {
        // Gone already, perhaps by a try whose answer was lost.
        if (!isBackupError(error, 'snapshotNotFound', 'blobNotFound')) throw error;
      }
      tools.log.info(`Deleted snapshot ${snapshot.id} of ${snapshot.blob} (${kindsOf(loss)}), as the user confirmed.`);
    }
  } finally {
    for (const url of touched) tools.trees.blobChanged(url);
  }
  const { t } = tools.voice;
  const [only] = deletions;
  const text =
    deletions.length === 1
      ? t('Deleted the snapshot {0}.', snapshotName(only!.snapshot, tools.voice))
      : t('Deleted {0} snapshots.', deletions.length);
  window.setStatusBarMessage(text, 5000);
}

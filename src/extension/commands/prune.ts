import { l10n, window, workspace } from 'vscode';
import { notices } from '../notices.ts';
import { resultOf } from '../../engine/events.ts';
import { planPrune, type PrunePlan, type PruneRequest } from '../../engine/jobs/prune/plan.ts';
import { runPrune, type PruneResult } from '../../engine/jobs/prune/run.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { placeOf } from '../words/places.ts';
import { pruneWords } from '../words/prune.ts';
import { askRetention } from './ask/askRetention.ts';
import { summaryOf } from './backup/chainsOfDisk.ts';
import { withWaiting } from './progress.ts';
import { rowOf } from './rows.ts';
import type { CommandTools, Handler } from './tools.ts';

/** *Prune…*: asks what is kept, says of every point what becomes of it and why, and deletes only what was shown. */
export const prune: Handler = async (tools, first) => {
  const row = rowOf(first);
  const backup = row && 'backup' in row ? row.backup : undefined;
  if (backup === undefined) return;
  const name = placeOf(backup).path;
  const { newest } = await summaryOf(backup, tools);
  const source = newest?.entry.source.url;
  const policy = (source && tools.schedule.retentionOf(source, backup)) || (await askRetention(name));
  if (!policy) return;
  const request: PruneRequest = {
    backup: await tools.session.pageBlob(backup),
    catalogue: await tools.session.recordStoreFor(backup),
    policy,
    source: source === undefined ? undefined : await tools.session.pageBlob(source),
  };
  const plan = await withWaiting(l10n.t('Looking at what a prune would delete'), tools.job, (job) =>
    planPrune(request, { ...job, estimate: true }),
  );
  if (!(await isConfirmed(plan, name, tools))) return;
  try {
    const result = await withWaiting(l10n.t('Pruning {0}', name), tools.job, (job) => resultOf(runPrune(plan, request, job)));
    await tell(result, plan, tools);
  } finally {
    tools.trees.blobChanged(backup);
  }
};

async function isConfirmed(plan: PrunePlan, name: string, { voice }: CommandTools): Promise<boolean> {
  const { text, detail, full, deletes } = pruneWords(plan, name, voice);
  if (deletes === 0) {
    await notices.showInformationMessage(text, { modal: true, detail });
    return false;
  }
  const yes = deletes === 1 ? l10n.t('Delete 1 Point') : l10n.t('Delete {0} Points', deletes);
  const all = l10n.t('Show All');
  const answer = await notices.showWarningMessage(text, { modal: true, detail }, yes, ...(full === undefined ? [] : [all]));
  if (answer === all)
    await window.showTextDocument(await workspace.openTextDocument({ language: 'plaintext', content: `${text}\n\n${full}\n` }));
  return answer === yes;
}

async function tell({ deleted, refused, kept }: PruneResult, { freed, backup }: PrunePlan, { log }: CommandTools): Promise<void> {
  log.info(`Pruned ${backup}: deleted ${deleted.map(({ number }) => number).join(', ') || 'nothing'}, kept ${kept}.`);
  const [first] = refused;
  if (first) throw first.error;
  const bytes = freed === undefined ? '' : ` ${l10n.t('{0} are freed.', sizeText(freed))}`;
  const text =
    deleted.length === 1
      ? l10n.t('1 recovery point deleted, {0} kept.', kept)
      : l10n.t('{0} recovery points deleted, {1} kept.', deleted.length, kept);
  await notices.showInformationMessage(`${text}${bytes}`);
}

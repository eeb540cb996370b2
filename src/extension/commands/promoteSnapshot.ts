import { l10n } from 'vscode';
import { notices } from '../notices.ts';
import { planPromote } from '../../engine/jobs/promote/promote.ts';
import { promotionWords } from '../words/promotion.ts';
import { withLooking } from './progress.ts';
import { rowOf, snapshotOf } from './rows.ts';
import type { Handler } from './tools.ts';

/** *Promote Snapshot Over Its Blob…*: the blob as a whole becomes what the snapshot is. Says what that costs before anything is done. */
export const promoteSnapshot: Handler = async ({ session, job, runs, voice, log }, first) => {
  const row = rowOf(first);
  const ref = row && snapshotOf(row);
  // A point that was found wrong is no state to go back to.
  if (!row || !ref || (row.kind === 'point' && row.point.state !== 'good')) return;
  const plan = await withLooking(l10n.t('Looking at the blob and its snapshot'), async () =>
    planPromote({ blob: await session.pageBlob(ref.blob), snapshot: ref.id }, job),
  );
  const { text, detail, button } = promotionWords(plan, row.kind === 'point', voice);
  log.info(`${text}\n${detail}`);
  const answer = await notices.showWarningMessage(text, { modal: true, detail }, button);
  if (answer === button) await runs.start({ job: 'promote', blob: ref.blob, snapshot: ref.id, promotion: job.world.uuid() });
};

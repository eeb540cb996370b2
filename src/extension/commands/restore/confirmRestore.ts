import { l10n } from 'vscode';
import { notices } from '../../notices.ts';
import { planRestore } from '../../restore/plan.ts';
import type { RestoreSpec } from '../../runs/run.ts';
import { readRunSettings } from '../../settings.ts';
import { planText, planWords } from '../../words/restorePlan.ts';
import { withLooking } from '../progress.ts';
import type { CommandTools } from '../tools.ts';

/** Plans the restore, shows what it would do in a question, and runs it when that is wanted. @throws what keeps it from being planned */
export async function confirmRestore(spec: RestoreSpec, text: string, { session, job, runs, voice, log }: CommandTools): Promise<void> {
  const looking = l10n.t('Looking at what the restore would do');
  const { shown } = await withLooking(looking, () => planRestore(spec, { session, settings: readRunSettings() }, job));
  const words = planWords(spec, shown, undefined, voice);
  const detail = planText(words, voice);
  log.info(`${text}\n${detail}`);
  const show = spec.job === 'rewind' || spec.evenIfFailed ? notices.showWarningMessage : notices.showInformationMessage;
  if ((await show(text, { modal: true, detail }, words.button)) === words.button) await runs.start(spec);
}

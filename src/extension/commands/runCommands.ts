import { l10n } from 'vscode';
import { notices } from '../notices.ts';
import type { RunRecord } from '../runs/run.ts';
import type { CommandTools, Handler } from './tools.ts';

/** Rows of the list of runs are their ids. */
function idsOf(first: unknown, selected: unknown): string[] {
  const ids = Array.isArray(selected) ? selected.filter((each) => typeof each === 'string') : [];
  return typeof first === 'string' && !ids.includes(first) ? [first] : ids;
}

function chosen({ runs }: CommandTools, first: unknown, selected: unknown, fits: (record: RunRecord) => boolean): RunRecord[] {
  const ids = idsOf(first, selected);
  return runs.all().filter((record) => ids.includes(record.id) && fits(record));
}

export const cancelRun: Handler = async (tools, first, selected) => {
  const running = chosen(tools, first, selected, ({ state }) => state === 'running');
  const elsewhere = running.filter(({ id }) => !tools.runs.cancel(id));
  if (elsewhere.length > 0) await notices.showInformationMessage(l10n.t('This run is under way in another window. Cancel it there.'));
};

export const resumeRun: Handler = async (tools, first, selected) => {
  const records = chosen(tools, first, selected, ({ state }) => state === 'resumable' || state === 'failed');
  await Promise.all(records.map(({ id }) => tools.runs.resume(id)));
};

export const forgetRun: Handler = (tools, first, selected) => {
  for (const { id } of chosen(tools, first, selected, ({ state }) => state !== 'running')) tools.runs.forget(id);
};

export const forgetFinishedRuns: Handler = ({ runs }) => {
  for (const { id, state } of runs.all()) if (state === 'done' || state === 'failed') runs.forget(id);
};

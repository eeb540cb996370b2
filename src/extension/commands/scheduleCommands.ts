import { commands, l10n, Uri, window, workspace } from 'vscode';
import { notices } from '../notices.ts';
import { BackupError } from '../../engine/errors.ts';
import { VIEWS } from '../names.ts';
import type { Voice } from '../words/voice.ts';
import type { CommandTools, Handler } from './tools.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MORNING = 8;

/** *Start Scheduled Backups*: from now on this window runs what is due of a policy file. Asked once, since it writes to storage accounts. */
export const startSchedule: Handler = async (tools, file) => {
  const { schedule } = tools;
  requireTrust();
  const uri = await askPolicy(file, tools, (each) => !schedule.switches.isOn(each));
  if (uri === undefined) return;
  const yes = l10n.t('Start');
  const answer = await notices.showInformationMessage(
    l10n.t('Run the backups of {0} while this window is open?', nameOf(uri)),
    {
      modal: true,
      detail: l10n.t(
        'What is due is backed up, and then pruned as the file says: recovery points that no rule keeps are deleted. Several windows never run one chain twice. Stop it at any time.',
      ),
    },
    yes,
  );
  if (answer !== yes) return;
  await schedule.setOn(uri, true);
  await commands.executeCommand(`${VIEWS.fleet}.focus`);
};

/** *Stop Scheduled Backups*: a run under way goes on to its end. */
export const stopSchedule: Handler = async (tools, file) => {
  const uri = await askPolicy(file, tools, (each) => tools.schedule.switches.isOn(each));
  if (uri !== undefined) await tools.schedule.setOn(uri, false);
};

export const pauseSchedule: Handler = ({ schedule }) => schedule.setPaused(true);

export const continueSchedule: Handler = async ({ schedule }) => {
  await schedule.setPaused(false);
  await schedule.snooze(undefined, undefined);
};

/** *Snooze Scheduled Backups…*: neither runs nor warnings until then, for the rows that are selected or for all. */
export const snoozeSchedule: Handler = async ({ schedule, voice }, first, selected) => {
  const rows = Array.isArray(selected) && selected.length > 0 ? selected : [first];
  const keys = rows.flatMap((row) => (isFleetRow(row) ? row.key : []));
  const choice = await window.showQuickPick(snoozes(voice), {
    title: l10n.t('Snooze Scheduled Backups'),
    placeHolder: keys.length > 0 ? l10n.t('{0} chains are left alone for', keys.length) : l10n.t('All chains are left alone for'),
  });
  if (choice) await schedule.snooze(keys.length > 0 ? keys : undefined, choice.until);
};

/** *Run Due Backups Now*: without waiting for the jitter, paused or not. */
export const runDueNow: Handler = async ({ schedule }) => {
  requireTrust();
  if (schedule.switches.on.length === 0) {
    await notices.showInformationMessage(l10n.t('No policy is switched on in this window. Start scheduled backups first.'));
    return;
  }
  await schedule.runNow();
};

export const showFleet: Handler = async ({ schedule }) => {
  requireTrust();
  await schedule.see();
  await commands.executeCommand(`${VIEWS.fleet}.focus`);
};

/** A policy names accounts, and asking them sends credentials there. @throws accessDenied */
export function requireTrust(): void {
  if (workspace.isTrusted) return;
  throw new BackupError('accessDenied', l10n.t('Policies of a folder that is not trusted are not run.'), {
    unharmed: l10n.t('Nothing was changed.'),
    hint: l10n.t('Trust the workspace first, if you know who wrote the file.'),
  });
}

/** @param file what a button or a menu of the editor hands over */
async function askPolicy(file: unknown, { schedule }: CommandTools, fits: (uri: string) => boolean): Promise<string | undefined> {
  if (file instanceof Uri) return file.toString();
  const uris = (await schedule.files()).filter(fits);
  if (uris.length === 0) {
    await notices.showInformationMessage(l10n.t('There is no policy file in this workspace for that.'));
    return undefined;
  }
  if (uris.length === 1) return uris[0];
  const items = uris.map((uri) => ({ label: workspace.asRelativePath(Uri.parse(uri)), uri }));
  return (await window.showQuickPick(items, { placeHolder: l10n.t('Which policy file?') }))?.uri;
}

function snoozes({ now }: Voice): { label: string; until: number }[] {
  const morning = new Date(now());
  morning.setDate(morning.getDate() + 1);
  morning.setHours(MORNING, 0, 0, 0);
  return [
    { label: l10n.t('1 hour'), until: now() + HOUR },
    { label: l10n.t('4 hours'), until: now() + 4 * HOUR },
    { label: l10n.t('Until tomorrow morning'), until: morning.getTime() },
    { label: l10n.t('1 week'), until: now() + 7 * 24 * HOUR },
  ];
}

function isFleetRow(row: unknown): row is { readonly key: string } {
  const { kind, key } = (row ?? {}) as { kind?: unknown; key?: unknown };
  return kind === 'chain' && typeof key === 'string';
}

function nameOf(uri: string): string {
  return workspace.asRelativePath(Uri.parse(uri));
}

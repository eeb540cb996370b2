import * as vscode from 'vscode';
import { notices } from '../notices.ts';
import { attach, EMULATOR } from './attachInput.ts';
import type { Attachment } from './attached.ts';
import { checked, type FlowParts } from './attachFlow.ts';
import { problemText } from './attachWords.ts';

const { t } = vscode.l10n;

/**
 * The accounts of the local emulator: those that the setting lists, else the one that every emulator has.
 * @returns those to attach; one that does not answer only when the user says so
 */
export async function attachEmulators(listed: readonly string[], check: FlowParts['check']): Promise<readonly Attachment[]> {
  const found: Attachment[] = [];
  for (const text of listed.length > 0 ? listed : [EMULATOR]) {
    const attached = attach({ kind: 'emulator', text }, [], Date.now());
    if ('attachment' in attached) found.push(attached.attachment);
    else void complain(problemText(t, attached.problem));
  }
  const [first] = found;
  if (!first) return [];
  const reason = await checked(first, check);
  if (reason === 'cancel') return [];
  if (reason === undefined) return found;
  const addAnyway = t('Add Anyway');
  const text = t(
    'The emulator does not answer at {0}. Start it first, for example with "npx azurite". {1}',
    first.account.endpoint,
    reason,
  );
  return (await notices.showWarningMessage(text, addAnyway)) === addAnyway ? found : [];
}

async function complain(problem: string): Promise<void> {
  const open = t('Open Settings');
  const text = t('A connection string in the setting "{0}" cannot be used. {1}', 'pageBlobBackup.emulatorConnectionStrings', problem);
  if ((await notices.showErrorMessage(text, open)) === open) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'pageBlobBackup.emulatorConnectionStrings');
  }
}

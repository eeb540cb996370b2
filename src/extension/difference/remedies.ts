import { commands } from 'vscode';
import type { RemedyId } from '../../messages/difference.ts';
import { COMMANDS } from '../names.ts';

/** Does what a button of a failure says. */
export async function applyRemedy(id: RemedyId): Promise<void> {
  const command = { signIn: COMMANDS.signIn, attach: COMMANDS.attachAccount, showLog: COMMANDS.showLog }[id];
  await commands.executeCommand(command);
}

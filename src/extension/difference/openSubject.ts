import { commands, Uri } from 'vscode';
import { PAGES, SCHEMES } from '../names.ts';
import type { Voice } from '../words/voice.ts';
import { queryOf, type Subject } from './subject.ts';
import { titleOf } from './words.ts';

/** The address of a page: the query says what it is about, the path is its title, for people. */
export function uriOf(subject: Subject, voice: Voice): Uri {
  const title = titleOf(subject, voice).replaceAll(/[/\\\p{Cc}\p{Cf}]/gu, '_');
  return Uri.from({ scheme: SCHEMES.difference, path: `/${title}`, query: queryOf(subject) });
}

/** Opens a page in an editor tab, or shows the tab that has it. */
export async function openSubject(subject: Subject, voice: Voice): Promise<void> {
  await commands.executeCommand('vscode.openWith', uriOf(subject, voice), PAGES.difference);
}

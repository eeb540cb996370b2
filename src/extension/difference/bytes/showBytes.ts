import { commands, l10n, ViewColumn, window, type Uri } from 'vscode';
import { SCHEMES } from '../../names.ts';
import { placeOf } from '../../words/places.ts';
import type { Voice } from '../../words/voice.ts';
import { imageText } from '../words.ts';
import { neighbour, windowIn, type ByteWindow } from './byteWindow.ts';
import { bytesUri } from './byteDocuments.ts';
import { offsetText } from './hexText.ts';

/** Opens the window in VS Code's diff editor. */
export async function showBytes(shown: ByteWindow, voice: Voice, where: ViewColumn): Promise<void> {
  const { pair } = shown;
  const [before, after] = [imageText(pair.before, pair, voice).label, imageText(pair.after, pair, voice).label];
  const title = `${placeOf(pair.after.blob).name} ${offsetText(shown.start)}: ${before} ↔ ${after}`;
  await commands.executeCommand('vscode.diff', bytesUri(shown, 'before', before), bytesUri(shown, 'after', after), title, {
    viewColumn: where,
    preview: true,
  });
}

/** Goes on from the bytes that are shown to those behind or before them. @param shown what the menu of the editor hands over */
export async function showNeighbour(shown: unknown, which: 'next' | 'previous', voice: Voice): Promise<void> {
  const uri = isUri(shown) ? shown : window.activeTextEditor?.document.uri;
  const from = uri?.scheme === SCHEMES.bytes ? windowIn(uri.query)?.window : undefined;
  if (!from) return;
  const next = neighbour(from, which);
  if (next) return showBytes(next, voice, ViewColumn.Active);
  window.setStatusBarMessage(which === 'next' ? l10n.t('The disk ends here') : l10n.t('The disk begins here'), 3000);
}

function isUri(value: unknown): value is Uri {
  return (
    typeof value === 'object' && value !== null && typeof (value as Uri).scheme === 'string' && typeof (value as Uri).query === 'string'
  );
}

import { Disposable, window, workspace, type Uri } from 'vscode';
import { PAGES, SCHEMES } from '../names.ts';
import { DifferenceEditor } from './differenceEditor.ts';
import { DifferenceFiles } from './differenceFiles.ts';
import type { DifferenceTools } from './tools.ts';

/** Makes difference pages, and the bytes behind them, openable. Nothing is loaded or asked before one of them is. */
export function registerDifference(extensionUri: Uri, tools: DifferenceTools): Disposable {
  let documents: Promise<import('./bytes/byteDocuments.ts').ByteDocuments> | undefined;
  const loaded = async () => new (await import('./bytes/byteDocuments.ts')).ByteDocuments(tools);
  return Disposable.from(
    workspace.registerFileSystemProvider(SCHEMES.difference, new DifferenceFiles(), { isCaseSensitive: true, isReadonly: true }),
    workspace.registerTextDocumentContentProvider(SCHEMES.bytes, {
      provideTextDocumentContent: async (uri, token) => (await (documents ??= loaded())).provideTextDocumentContent(uri, token),
    }),
    window.registerCustomEditorProvider(PAGES.difference, new DifferenceEditor(extensionUri, tools), {
      supportsMultipleEditorsPerDocument: true,
      webviewOptions: { retainContextWhenHidden: false },
    }),
  );
}

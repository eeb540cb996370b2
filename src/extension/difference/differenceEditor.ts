import { l10n, type CustomDocument, type CustomReadonlyEditorProvider, type Uri, type WebviewPanel } from 'vscode';
import { readDifferenceAsk, type DifferenceAnswer, type DifferenceAsk, type DifferenceView } from '../../messages/difference.ts';
import { everyMinute } from '../webview/everyMinute.ts';
import { PageChannel } from '../webview/pageChannel.ts';
import { pageFolder, pageHtml } from '../webview/pageHtml.ts';
import { failureOf } from '../words/failure.ts';
import type { PageModel } from './page.ts';
import { subjectIn, type Subject } from './subject.ts';
import type { DifferenceTools } from './tools.ts';
import { titleOf, troubleText } from './words.ts';

/** One address that is open, in as many editors as show it. */
export interface DifferenceDocument extends CustomDocument {
  readonly subject: Subject;
  readonly model: PageModel;
}

/** The difference pages as read-only editors. What is behind them is loaded when the first one opens. */
export class DifferenceEditor implements CustomReadonlyEditorProvider<DifferenceDocument> {
  readonly #extensionUri: Uri;
  readonly #tools: DifferenceTools;

  constructor(extensionUri: Uri, tools: DifferenceTools) {
    this.#extensionUri = extensionUri;
    this.#tools = tools;
  }

  async openCustomDocument(uri: Uri): Promise<DifferenceDocument> {
    const subject = subjectIn(uri.query);
    if (!subject) throw new Error(l10n.t('This address names no two images of a disk.'));
    const { modelOf } = await import('./models.ts');
    const model = modelOf(subject, this.#tools);
    return { uri, subject, model, dispose: () => model.dispose() };
  }

  resolveCustomEditor({ model, subject }: DifferenceDocument, { webview, onDidDispose }: WebviewPanel): void {
    const { voice, log } = this.#tools;
    webview.options = { enableScripts: true, localResourceRoots: [pageFolder(this.#extensionUri)] };
    webview.html = pageHtml(webview, this.#extensionUri, 'difference', titleOf(subject, voice));
    const channel = new PageChannel<DifferenceView, DifferenceAsk, DifferenceAnswer>(webview, {
      readAsk: readDifferenceAsk,
      answer: (ask, signal) => model.answer(ask, signal),
      textOf: (error) => {
        const text = troubleText(error, voice);
        if (failureOf(error, voice).severity !== 'none') log.error(text, error);
        return text;
      },
    });
    channel.show(model.view());
    const show = (): void => channel.show(model.view());
    const listening = model.onDidChange(show);
    const ageing = everyMinute(show);
    onDidDispose(() => {
      listening.dispose();
      ageing.dispose();
      channel.dispose();
    });
  }
}

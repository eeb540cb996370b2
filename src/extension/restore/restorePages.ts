import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { commands, env, l10n, Uri, ViewColumn, window, type Disposable, type WebviewPanel } from 'vscode';
import { parseBlobUrl } from '../../azure/blobAddress.ts';
import {
  readKeptRestore,
  readRestoreAsk,
  type KeptRestore,
  type NextAction,
  type RestoreAnswer,
  type RestoreAsk,
  type RestoreView,
} from '../../messages/restore.ts';
import { COMMANDS, PAGES } from '../names.ts';
import type { RestoreSpec } from '../runs/run.ts';
import { everyMinute } from '../webview/everyMinute.ts';
import { PageChannel } from '../webview/pageChannel.ts';
import { pageFolder, pageHtml } from '../webview/pageHtml.ts';
import { failureOf } from '../words/failure.ts';
import { placeOf, urlKey } from '../words/places.ts';
import { RestoreWizard } from './wizard.ts';
import type { WizardDesk, WizardParts } from './wizardParts.ts';

/** What is chosen already when a wizard is opened. */
export interface RestoreStart {
  /** URL of the backup blob, without query. */
  readonly backup: string;
  readonly point?: string | undefined;
}

/** The restore wizards of this window: one tab for each backup blob. */
export class RestorePages implements Disposable {
  readonly #parts: WizardParts;
  readonly #extensionUri: Uri;
  readonly #open = new Map<string, { readonly panel: WebviewPanel; readonly wizard: RestoreWizard }>();
  readonly #serializer: Disposable;

  constructor(parts: WizardParts, extensionUri: Uri) {
    this.#parts = parts;
    this.#extensionUri = extensionUri;
    this.#serializer = window.registerWebviewPanelSerializer(PAGES.restore, {
      deserializeWebviewPanel: async (panel, kept: unknown) => this.#revive(panel, readKeptRestore(kept)),
    });
  }

  /** Opens a wizard, or shows the one that there is for this backup blob. */
  show({ backup, point }: RestoreStart): void {
    const open = this.#open.get(urlKey(backup));
    if (open) {
      open.panel.reveal();
      if (point !== undefined) open.wizard.choosePoint(point);
      return;
    }
    const panel = window.createWebviewPanel(PAGES.restore, titleOf(backup), ViewColumn.Active, {});
    const kept = { format: 1, backup, point, acceptsWrong: false, kind: 'blob', fields: {}, hasReview: false, run: undefined } as const;
    this.#fill(panel, kept);
  }

  /** The tabs stay: after a reload of the window they are filled again. */
  dispose(): void {
    this.#serializer.dispose();
    for (const { wizard } of this.#open.values()) wizard.dispose();
    this.#open.clear();
  }

  /** A tab of before the reload. What it has kept counts as told by a stranger. */
  #revive(panel: WebviewPanel, kept: KeptRestore | undefined): void {
    if (kept === undefined || !isPlainBlob(kept.backup) || this.#open.has(urlKey(kept.backup))) panel.dispose();
    else this.#fill(panel, kept);
  }

  #fill(panel: WebviewPanel, kept: KeptRestore): void {
    const { voice, log } = this.#parts;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [pageFolder(this.#extensionUri)] };
    const channel = new PageChannel<RestoreView, RestoreAsk, RestoreAnswer>(webview, {
      readAsk: readRestoreAsk,
      answer: (ask) => wizard.ask(ask),
      textOf: (error) => {
        log.error('A restore wizard', error);
        return failureOf(error, voice).text;
      },
    });
    const wizard: RestoreWizard = new RestoreWizard(this.#parts, this.#deskOf(panel, channel), kept.backup, kept);
    const key = urlKey(kept.backup);
    this.#open.set(key, { panel, wizard });
    const ageing = everyMinute(() => channel.show(wizard.view));
    panel.onDidDispose(() => {
      ageing.dispose();
      this.#open.delete(key);
      wizard.dispose();
      channel.dispose();
    });
    webview.html = pageHtml(webview, this.#extensionUri, 'restore', panel.title);
  }

  #deskOf(panel: WebviewPanel, channel: PageChannel<RestoreView, RestoreAsk, RestoreAnswer>): WizardDesk {
    return {
      show: (view) => {
        const title = l10n.t('Restore {0}', view.disk);
        if (panel.title !== title) panel.title = title;
        channel.show(view);
      },
      copy: async (text) => env.clipboard.writeText(text),
      chooseFile,
      act: (action, spec) => this.#act(action, spec),
    };
  }

  #act(action: NextAction | 'showLog', spec: RestoreSpec | undefined): void {
    const run = actionOf(action, spec, this.#parts);
    run?.then(undefined, (error: unknown) => this.#parts.log.error('What was asked for after a restore', error));
  }
}

function actionOf(action: NextAction | 'showLog', spec: RestoreSpec | undefined, { runs }: WizardParts): Thenable<unknown> | undefined {
  if (action === 'showLog') return commands.executeCommand(COMMANDS.showLog);
  if (!spec) return undefined;
  const { source, backup } = spec;
  switch (action) {
    case 'backUp':
      if (spec.job === 'rewind') return runs.start({ job: 'backup', source, backup, full: false, adopt: false });
      if (spec.job === 'restoreChain')
        return runs.start({ job: 'backup', source: spec.target, backup: spec.newBackup, full: false, adopt: false });
      return spec.job === 'restore' ? commands.executeCommand(COMMANDS.backUp, spec.target) : undefined;
    case 'verify':
      return spec.job === 'restoreChain'
        ? runs.start({ job: 'verify', backup: spec.newBackup, source: spec.target, number: undefined })
        : runs.start({ job: 'verify', backup, source, number: spec.number });
    case 'reveal':
      return spec.job === 'restoreFile'
        ? undefined
        : commands.executeCommand(COMMANDS.revealBackup, spec.job === 'rewind' ? source : spec.target);
    case 'openFolder':
      return spec.job === 'restoreFile' ? commands.executeCommand('revealFileInOS', Uri.file(spec.path)) : undefined;
  }
}

/** Asks for a file that is to be made. */
export async function chooseFile(name: string): Promise<string | undefined> {
  const path = isAbsolute(name) ? name : join(homedir(), name);
  const chosen = await window.showSaveDialog({
    defaultUri: Uri.file(path),
    title: l10n.t('Restore to a File'),
    saveLabel: l10n.t('Choose'),
  });
  return chosen?.fsPath;
}

function titleOf(backup: string): string {
  return l10n.t('Restore {0}', placeOf(backup).name);
}

/** The address of a blob, without a secret and without a snapshot. */
function isPlainBlob(url: string): boolean {
  try {
    const { address, sas } = parseBlobUrl(url);
    return sas === undefined && address.snapshot === undefined;
  } catch {
    return false;
  }
}

import * as vscode from 'vscode';
import type { Directory } from './directory.ts';
import type { UserSubscription } from './discovery.ts';

const { t } = vscode.l10n;

interface Item extends vscode.QuickPickItem {
  readonly subscription: UserSubscription;
}

/** Lets the user choose whose storage accounts are shown. All of them chosen means future ones too. */
export async function chooseSubscriptions(directory: Directory): Promise<void> {
  const view = vscode.window.createQuickPick<Item>();
  const controller = new AbortController();
  view.title = t('Select Subscriptions');
  view.placeholder = t('Looking for subscriptions…');
  view.canSelectMany = true;
  view.matchOnDescription = true;
  view.busy = true;
  const accepted = new Promise<readonly Item[] | undefined>((resolve) => {
    view.onDidAccept(() => {
      if (!view.busy) resolve(view.selectedItems);
    });
    view.onDidHide(() => resolve(undefined));
  });
  view.show();
  const filling = fill(view, directory, controller.signal);
  const chosen = await accepted;
  controller.abort();
  view.dispose();
  await filling;
  if (!chosen) return;
  const all = chosen.length === view.items.length;
  await directory.choose(all ? undefined : chosen.map(({ subscription }) => subscription));
}

async function fill(view: vscode.QuickPick<Item>, directory: Directory, signal: AbortSignal): Promise<void> {
  try {
    const { subscriptions, problems } = await directory.subscriptions(signal);
    if (signal.aborted) return;
    const before = directory.chosen();
    view.items = subscriptions.map((subscription) => ({ label: subscription.name, description: subscription.id, subscription }));
    view.selectedItems = view.items.filter(({ subscription }) => !before || before.some(({ id }) => id === subscription.id));
    view.placeholder =
      subscriptions.length > 0
        ? t('Storage accounts in these subscriptions are shown')
        : (problems[0]?.error.fullText ?? t('No subscriptions were found.'));
    view.busy = false;
  } catch (error) {
    if (!signal.aborted) view.placeholder = String(error);
  }
}

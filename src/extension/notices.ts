import { window } from 'vscode';

/**
 * A text that holds no link. Notifications turn `[…](command:…)` into a link that runs the command, and whoever may write to a storage account may give
 * a blob such a name.
 */
export function linkless(text: string): string {
  return text.replaceAll('](', '] (');
}

/** What notifications say, names of blobs and answers of services included, as the text that it is. Nothing else shows a notification. */
export const notices = {
  showInformationMessage: linklessly(() => window.showInformationMessage),
  showWarningMessage: linklessly(() => window.showWarningMessage),
  showErrorMessage: linklessly(() => window.showErrorMessage),
  withProgress: ((options, task) =>
    window.withProgress(
      { ...options, ...(options.title !== undefined && { title: linkless(options.title) }) },
      task,
    )) as typeof window.withProgress,
};

function linklessly<Show extends (text: string, ...more: never[]) => unknown>(show: () => Show): Show {
  return ((text: string, ...more: never[]) => show()(linkless(text), ...more)) as Show;
}

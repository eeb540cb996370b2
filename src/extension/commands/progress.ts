import { ProgressLocation } from 'vscode';
import { notices } from '../notices.ts';
import type { JobOptions } from '../../engine/tools.ts';

/** Shows that something is under way that the user waits for, with Cancel. A cancelled `task` throws `cancelled`, which nobody is told about. */
export function withWaiting<Result>(title: string, job: JobOptions, task: (job: JobOptions) => Promise<Result>): Thenable<Result> {
  return notices.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return task({ ...job, signal: controller.signal });
  });
}

/** Shows in the status bar that something is looked at, which takes a moment and changes nothing. */
export function withLooking<Result>(title: string, task: () => Promise<Result>): Thenable<Result> {
  return notices.withProgress({ location: ProgressLocation.Window, title }, task);
}

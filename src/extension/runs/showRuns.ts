import { commands, Disposable, l10n, window } from 'vscode';
import { CONTEXT_KEYS, VIEWS } from '../names.ts';
import type { Voice } from '../words/voice.ts';
import { isScheduled } from '../schedule/quietRuns.ts';
import type { RunNotifications } from './notifications.ts';
import type { Runs } from './registry.ts';
import type { RunFiles } from './runFiles.ts';
import { RunsTree } from './runsTree.ts';
import { RunStatusBar } from './statusBar.ts';

/** So often it is looked whether the window of a run is still there. */
const LOOK_EVERY_MS = 30_000;

/** The view of runs, its badge, the status bar, and what other windows do to the list. */
export function showRuns(runs: Runs, files: RunFiles, notifications: RunNotifications, voice: Voice): Disposable {
  const tree = new RunsTree(runs, voice);
  const view = window.createTreeView(VIEWS.runs, { treeDataProvider: tree, canSelectMany: true });
  const statusBar = new RunStatusBar(voice);
  let hadFinished: boolean | undefined;
  const update = (): void => {
    const all = runs.all();
    const care = statusBar.update(all);
    view.badge = care > 0 ? { value: care, tooltip: l10n.t('{0} runs need attention', care) } : undefined;
    const hasFinished = all.some(({ state }) => state === 'done' || state === 'failed');
    // A run tells of each piece that it has copied; VS Code need not be told as often.
    if (hasFinished === hadFinished) return;
    hadFinished = hasFinished;
    void commands.executeCommand('setContext', CONTEXT_KEYS.hasFinishedRuns, hasFinished);
  };
  const stopWatching = files.watch(() => runs.reload());
  const look = setInterval(() => {
    if (runs.all().some(({ state }) => state === 'running')) runs.reload();
  }, LOOK_EVERY_MS);
  update();
  notifications.tellInterrupted(runs.all().filter((run) => run.state === 'resumable' && !isScheduled(run)));
  return Disposable.from(
    runs.onDidChange((record) => {
      tree.update(record);
      update();
    }),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) statusBar.markSeen();
      update();
    }),
    new Disposable(stopWatching),
    new Disposable(() => clearInterval(look)),
    view,
    tree,
    statusBar,
  );
}

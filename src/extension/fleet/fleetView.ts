import { Disposable, l10n, window } from 'vscode';
import { isBackupError } from '../../engine/errors.ts';
import type { Log } from '../log.ts';
import { VIEWS } from '../names.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Voice } from '../words/voice.ts';
import { rowKey } from './fleetRow.ts';
import { FleetTree } from './fleetTree.ts';

/** The view of the fleet. It asks only while it is seen; the badge tells of trouble all the same. */
export class FleetView implements Disposable {
  readonly #schedule: Schedule;
  readonly #log: Log;
  readonly #disposing: Disposable;
  #asking: AbortController | undefined;

  constructor(schedule: Schedule, voice: Voice, log: Log) {
    this.#schedule = schedule;
    this.#log = log;
    const tree = new FleetTree(schedule, voice);
    const view = window.createTreeView(VIEWS.fleet, { treeDataProvider: tree, canSelectMany: true, showCollapseAll: true });
    let watched: unknown;
    let watching: Disposable | undefined;
    this.#disposing = Disposable.from(
      schedule.onDidChange(() => {
        const { fleet } = schedule;
        if (fleet && watched !== fleet) {
          watched = fleet;
          watching = fleet.onDidChange(() => tree.redraw());
        }
        const count = schedule.troubled().length + schedule.faults.length;
        view.badge = count > 0 ? { value: count, tooltip: l10n.t('{0} scheduled backups need attention', count) } : undefined;
        tree.redraw();
      }),
      view.onDidChangeVisibility(({ visible }) => {
        if (visible) void this.refresh(false);
        else this.#asking?.abort();
      }),
      new Disposable(() => void watching?.dispose()),
      view,
      tree,
    );
  }

  /** Reads the policies, then the chains that nobody has looked at; with `all` every chain. Ends when the view is hidden. */
  async refresh(all: boolean): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      await this.#schedule.see();
      const { fleet } = this.#schedule;
      const rows = [...(fleet?.rows() ?? [])].filter(({ askedAt, problem }) => all || askedAt === undefined || problem);
      await fleet?.look(rows.map(rowKey), asking.signal);
    } catch (error) {
      if (!isBackupError(error, 'cancelled')) this.#log.error('Looking at the fleet', error);
    }
  }

  dispose(): void {
    this.#asking?.abort();
    this.#disposing.dispose();
  }
}

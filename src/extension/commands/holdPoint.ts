import { l10n, window } from 'vscode';
import { holdPoint as hold, releasePoint as release, type HoldResult } from '../../engine/jobs/prune/holdPoint.ts';
import type { PointRequest } from '../../engine/jobs/restore/point.ts';
import type { JobOptions } from '../../engine/tools.ts';
import { withLooking } from './progress.ts';
import { rowsOf, snapshotOf } from './rows.ts';
import type { CommandTools, Handler } from './tools.ts';

type Change = (request: PointRequest, job: JobOptions) => Promise<HoldResult>;

/** *Hold Recovery Point*: no prune deletes it until it is released. */
export const holdPoint: Handler = (tools, first, selected) => forPoints(first, selected, l10n.t('Holding recovery points'), hold, tools);

/** *Release Hold*: from now on the retention policy decides again. */
export const releaseHold: Handler = (tools, first, selected) => forPoints(first, selected, l10n.t('Releasing holds'), release, tools);

async function forPoints(first: unknown, selected: unknown, title: string, change: Change, tools: CommandTools): Promise<void> {
  const points = rowsOf(first, selected).flatMap((row) => (row.kind === 'point' ? (snapshotOf(row) ?? []) : []));
  if (points.length === 0) return;
  const touched = new Set<string>();
  const results: HoldResult[] = [];
  try {
    await withLooking(title, async () => {
      for (const { blob, id } of points) {
        const [backup, catalogue] = await Promise.all([tools.session.pageBlob(blob), tools.session.recordStoreFor(blob)]);
        touched.add(blob);
        const result = await change({ backup, catalogue, point: id }, tools.job);
        results.push(result);
        tools.log.info(`Recovery point ${result.number} of ${blob} is ${result.held ? 'held' : 'released'}.`);
      }
    });
  } finally {
    for (const url of touched) tools.trees.blobChanged(url);
  }
  window.setStatusBarMessage(saidOf(results), 5000);
}

function saidOf(results: readonly HoldResult[]): string {
  const [only] = results;
  if (results.length !== 1) {
    return only?.held ? l10n.t('{0} recovery points are held.', results.length) : l10n.t('{0} holds are released.', results.length);
  }
  return only!.held
    ? l10n.t('Recovery point {0} is held: no prune deletes it.', only!.number)
    : l10n.t('Recovery point {0} is released: the retention policy decides about it.', only!.number);
}

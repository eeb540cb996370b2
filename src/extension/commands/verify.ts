import { l10n } from 'vscode';
import type { RunSpec } from '../runs/run.ts';
import { askBlob } from './ask/askBlob.ts';
import { sourceIn, summaryOf } from './backup/chainsOfDisk.ts';
import { rowsOf, type Row } from './rows.ts';
import type { CommandTools, Handler } from './tools.ts';

/**
 * *Verify Recovery Point*: one point, or all points of a chain. Several points of one chain are verified one after the other. Of a chain of the fleet that lacks
 * the verification that its policy asks for, that one is done.
 */
export const verify: Handler = async (tools, first, selected) => {
  const rows = rowsOf(first, selected);
  if (rows.length === 0) {
    const backup = await askBlob(l10n.t('Verify Recovery Points'), 'backup', tools);
    if (backup !== undefined) await tools.runs.start(await wholeChain(backup, undefined, tools));
    return;
  }
  for (const row of rows) {
    const spec = await specOf(row, tools);
    if (!spec) continue;
    const { state } = await tools.runs.start(spec);
    if (row.kind === 'chain' && row.key !== undefined) await tools.schedule.look([row.key]);
    if (state === 'resumable') return;
  }
};

async function specOf(row: Row, tools: CommandTools): Promise<RunSpec | undefined> {
  if (row.kind === 'point') return { job: 'verify', backup: row.backup, source: row.source, number: row.point.entry.number };
  if (row.kind === 'chain') {
    const asked = row.key === undefined ? undefined : tools.schedule.verificationOf(row.key);
    return asked ?? wholeChain(row.backup, row.source, tools);
  }
  return row.kind === 'blob' && row.backup !== undefined ? wholeChain(row.backup, row.source, tools) : undefined;
}

async function wholeChain(backup: string, source: string | undefined, tools: CommandTools): Promise<RunSpec> {
  return { job: 'verify', backup, source: source ?? sourceIn(await summaryOf(backup, tools)), number: undefined };
}

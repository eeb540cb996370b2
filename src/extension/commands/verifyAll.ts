import { l10n } from 'vscode';
import { formatAddress } from '../../azure/blobAddress.ts';
import type { RunSpec } from '../runs/run.ts';
import { askAccount } from './ask/askAccount.ts';
import { rowsOf, type Row } from './rows.ts';
import type { Handler } from './tools.ts';

/** *Verify All Backups…*: every chain in an account or a container, one place after the other. */
export const verifyAll: Handler = async (tools, first, selected) => {
  const rows = rowsOf(first, selected).flatMap((row) => specOf(row) ?? []);
  if (rows.length > 0) {
    for (const spec of rows) if ((await tools.runs.start(spec)).state === 'resumable') return;
    return;
  }
  const question = {
    title: l10n.t('Verify All Backups'),
    placeholder: l10n.t('Storage account that holds the backups'),
    step: [1, 1],
  } as const;
  const end = await askAccount(question, tools);
  if (typeof end !== 'string') await tools.runs.start(placeSpec(end.value.endpoint, end.value.scope?.container));
};

function specOf(row: Row): RunSpec | undefined {
  if (row.kind === 'account')
    return row.account.endpoint === undefined ? undefined : placeSpec(row.account.endpoint, row.account.scope?.container);
  return row.kind === 'container' && row.account && row.name !== undefined ? placeSpec(row.account.endpoint, row.name) : undefined;
}

function placeSpec(account: string, container: string | undefined): RunSpec {
  const place = formatAddress({ endpoint: account, account: undefined, container: container ?? '', blob: '', snapshot: undefined });
  return { job: 'verifyAll', place, account, container };
}

import { l10n } from 'vscode';
import { notices } from '../notices.ts';
import { rowsOf, type Row } from './rows.ts';
import type { Handler } from './tools.ts';

type AccountRow = Extract<Row, { kind: 'account' }>;

function accountsIn(first: unknown, selected: unknown): AccountRow['account'][] {
  return rowsOf(first, selected).flatMap((row) => (row.kind === 'account' ? row.account : []));
}

export const attachAccount: Handler = ({ accounts }) => accounts.attachAccount();
export const attachEmulator: Handler = ({ accounts }) => accounts.attachEmulator();
export const signIn: Handler = ({ accounts }) => accounts.signIn();
export const selectSubscriptions: Handler = ({ accounts }) => accounts.selectSubscriptions();

/** *Detach*: forgets the account and its secret on this machine; nothing in the account is touched. */
export const detachAccount: Handler = async ({ accounts }, first, selected) => {
  const all = accountsIn(first, selected);
  if (all.length === 0) return;
  const yes = l10n.t('Detach');
  const text = all.length === 1 ? l10n.t('Detach {0}?', all[0]!.name) : l10n.t('Detach {0} accounts?', all.length);
  const detail = l10n.t('Its key or SAS is forgotten on this machine. Nothing in the storage account is changed.');
  if ((await notices.showWarningMessage(text, { modal: true, detail }, yes)) !== yes) return;
  for (const { id } of all) await accounts.detach(id);
};

export const pinAccount: Handler = async ({ accounts }, first, selected) => {
  for (const { id } of accountsIn(first, selected)) await accounts.pin(id, true);
};

export const unpinAccount: Handler = async ({ accounts }, first, selected) => {
  for (const { id } of accountsIn(first, selected)) await accounts.pin(id, false);
};

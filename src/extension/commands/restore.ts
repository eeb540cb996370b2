import { l10n } from 'vscode';
import { whatToRestore } from './restore/whatToRestore.ts';
import type { Handler } from './tools.ts';

/** *Restore…*: the wizard, with what was selected chosen already. */
export const restore: Handler = async (tools, first) => {
  const what = await whatToRestore(first, l10n.t('Restore'), tools);
  if (what) tools.restorePages.show({ backup: what.backup, point: what.point?.entry.backup.snapshot });
};

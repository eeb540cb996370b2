import { env, l10n, window } from 'vscode';
import { rowsOf } from './rows.ts';
import type { Handler } from './tools.ts';

/** *Copy URL*: never with a SAS, since addresses in the tree hold none. */
export const copyUrl: Handler = async (_tools, first, selected) => {
  const urls = rowsOf(first, selected).flatMap((row) => ('url' in row ? row.url : []));
  if (urls.length === 0) return;
  await env.clipboard.writeText(urls.join('\n'));
  window.setStatusBarMessage(
    urls.length === 1 ? l10n.t('Copied the URL, without a SAS') : l10n.t('Copied {0} URLs, without a SAS', urls.length),
    3000,
  );
};

import { l10n, ThemeIcon, type QuickPickItem } from 'vscode';
import type { PageBlobItem } from '../../../azure/browse/accountBrowser.ts';
import { sizeText } from '../../../engine/sizeText.ts';
import type { StorageAccount } from '../../accounts/account.ts';
import { snapshotsText } from '../../words/amounts.ts';
import { runSteps } from '../../accounts/steps.ts';
import type { CommandTools } from '../tools.ts';
import { askAccount } from './askAccount.ts';
import { askContainer } from './askContainer.ts';
import { pageBlobsOf } from './listing.ts';
import { choose, went } from './quickInput.ts';

/** Which page blobs are offered. */
export type BlobKind = 'disk' | 'backup' | 'any';

type Item = QuickPickItem & { readonly blob: PageBlobItem | undefined };

/** Asks for a page blob: account, container, blob. @returns its URL, undefined when the user turns away */
export async function askBlob(title: string, kind: BlobKind, tools: CommandTools): Promise<string | undefined> {
  let account: StorageAccount | undefined;
  let container = '';
  let url: string | undefined;
  const steps = [
    async () =>
      went(await askAccount({ title, step: [1, 3], placeholder: l10n.t('Storage account') }, tools), (value) => (account = value)),
    async () =>
      went(
        await askContainer(account!, { title, step: [2, 3], placeholder: l10n.t('Container'), canCreate: false }, tools),
        (value) => (container = value),
      ),
    async () => {
      const placeholder = kind === 'backup' ? l10n.t('Backup blob') : l10n.t('Page blob');
      const end = await choose({ title, step: [3, 3], placeholder, items: itemsOf(account!, container, kind, tools) });
      if (typeof end !== 'string' && !end.value.blob) return 'back';
      return went(end, ({ blob }) => (url = blob!.url));
    },
  ] as const;
  const isDone = await runSteps((at) => steps[at]);
  return isDone ? url : undefined;
}

async function itemsOf(account: StorageAccount, container: string, kind: BlobKind, tools: CommandTools): Promise<Item[]> {
  const { blobs, backups } = await pageBlobsOf(account, container, tools);
  const items = blobs
    .filter(({ name }) => kind === 'any' || backups.has(name) === (kind === 'backup'))
    .map((blob): Item => {
      const description = [
        sizeText(blob.length),
        ...(blob.snapshots.length > 0 ? [snapshotsText(blob.snapshots.length, tools.voice)] : []),
      ].join(' · ');
      return { label: blob.name, description, iconPath: new ThemeIcon(backups.has(blob.name) ? 'archive' : 'database'), blob };
    });
  if (items.length > 0) return items;
  const label =
    kind === 'backup' ? l10n.t('No backup blobs here. Choose another container.') : l10n.t('No page blobs here. Choose another container.');
  return [{ label, iconPath: new ThemeIcon('arrow-left'), blob: undefined }];
}

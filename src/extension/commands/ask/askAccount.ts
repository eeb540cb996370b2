import { l10n, ThemeIcon, type QuickPickItem } from 'vscode';
import type { StorageAccount } from '../../accounts/account.ts';
import { describeAccount } from '../../words/account.ts';
import type { StepEnd } from '../../accounts/steps.ts';
import type { CommandTools } from '../tools.ts';
import { choose } from './quickInput.ts';

export interface AccountQuestion {
  readonly title: string;
  readonly placeholder: string;
  readonly step: readonly [number, number];
  /** Endpoint of an account that is not a sensible answer: it comes last and says so. */
  readonly last?: string | undefined;
}

type Item = QuickPickItem & { readonly account: StorageAccount | undefined };

/** Asks for a storage account; attaching one is among the answers. */
export async function askAccount(question: AccountQuestion, tools: CommandTools): Promise<StepEnd<StorageAccount>> {
  for (;;) {
    const items = tools.directory.list(AbortSignal.timeout(60_000)).then(({ accounts }) => itemsOf(accounts, question.last, tools));
    const end = await choose({ ...question, items });
    if (typeof end === 'string') return end;
    if (end.value.account) return { value: end.value.account };
    await tools.accounts.attachAccount();
  }
}

function itemsOf(accounts: readonly StorageAccount[], last: string | undefined, { voice }: CommandTools): Item[] {
  const items = accounts
    .filter(({ scope }) => scope?.blob === undefined)
    .map((account): Item => {
      const words = describeAccount(account, undefined, voice);
      const isLast = account.endpoint === last;
      const detail = isLast ? l10n.t('The account of the disk itself: a backup there is lost together with it.') : '';
      return { label: words.label, description: words.description, detail, iconPath: new ThemeIcon(words.icon.id), account };
    });
  const sensible = items.filter(({ account }) => account?.endpoint !== last);
  const attach: Item = { label: l10n.t('Attach Account…'), iconPath: new ThemeIcon('add'), account: undefined, alwaysShow: true };
  return [...sensible, ...items.filter((item) => !sensible.includes(item)), attach];
}

import type { StorageAccount } from '../accounts/account.ts';
import { countText } from './amounts.ts';
import { card } from './markdown.ts';
import type { RowIcon, RowWords, Voice } from './voice.ts';

/** `mypremiumaccount — Contoso · premium` @param trouble why its content could not be listed, in a few words */
export function describeAccount(account: StorageAccount, trouble: string | undefined, voice: Voice): RowWords {
  const { t } = voice;
  const origin = originWord(account, voice);
  const facts = [trouble ?? origin, account.premium ? t('premium') : '', account.pinned ? t('pinned') : ''].filter(Boolean).join(' · ');
  return {
    label: account.scope ? `${account.name} / ${scopeText(account)}` : account.name,
    description: facts,
    icon: trouble === undefined ? iconOf(account) : { id: 'warning', color: 'list.warningForeground' },
    speech: t('Storage account {0}: {1}.', account.name, facts),
  };
}

export function accountCard(account: StorageAccount, trouble: string | undefined, voice: Voice): string {
  const { t } = voice;
  return card(
    account.name,
    [
      [t('Blob endpoint'), account.endpoint],
      account.subscription ? [t('Subscription'), account.subscription.name] : undefined,
      [t('Location'), account.location ?? ''],
      account.premium === undefined ? undefined : [t('Kind'), account.premium ? t('premium') : t('standard')],
      account.scope ? [t('Limited to'), scopeText(account)] : undefined,
    ],
    [trouble],
  );
}

/** @param pageBlobs how many there are, once all were listed */
export function describeContainer(name: string, pageBlobs: number | undefined, voice: Voice): RowWords {
  const { t } = voice;
  const count = pageBlobs === undefined ? '' : pageBlobs === 1 ? t('1 page blob') : t('{0} page blobs', countText(pageBlobs, voice));
  return {
    label: name,
    description: count,
    icon: { id: 'folder' },
    speech: count === '' ? t('Container {0}.', name) : t('Container {0}: {1}.', name, count),
  };
}

function originWord(account: StorageAccount, { t }: Voice): string {
  switch (account.origin) {
    case 'subscription':
      return account.subscription?.name ?? t('subscription');
    case 'attached':
      return t('attached');
    case 'emulator':
      return t('emulator');
  }
}

function scopeText({ scope }: StorageAccount): string {
  return [scope?.container, scope?.blob].filter((part) => part !== undefined).join('/');
}

function iconOf({ origin }: StorageAccount): RowIcon {
  switch (origin) {
    case 'subscription':
      return { id: 'cloud' };
    case 'attached':
      return { id: 'plug' };
    case 'emulator':
      return { id: 'vm' };
  }
}

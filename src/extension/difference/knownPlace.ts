import { isAzureStorage } from '../../azure/trustedHosts.ts';
import { BackupError } from '../../engine/errors.ts';
import type { AccountDirectory } from '../accounts/account.ts';
import { placeOf, urlKey } from '../words/places.ts';
import type { Voice } from '../words/voice.ts';

/**
 * An address may come from anywhere: no sign-in goes to a host that is neither Azure's nor one of the user's accounts.
 * @throws badInput
 */
export async function requireKnownPlace(
  blob: string,
  { directory, voice }: { readonly directory: AccountDirectory; readonly voice: Voice },
  signal: AbortSignal,
): Promise<void> {
  const isKnown = (): boolean => directory.endpoints().some((endpoint) => urlKey(blob).startsWith(`${urlKey(endpoint)}/`));
  if (isAzureStorage(blob) || isKnown()) return;
  await directory.list(signal);
  if (isKnown()) return;
  const text = voice.t('{0} is in the storage account {1}, which is not among your accounts.', placeOf(blob).name, placeOf(blob).account);
  throw new BackupError('badInput', text, { hint: voice.t('Attach the account first.') });
}

import { BackupError } from '../engine/errors.ts';
import type { BlobAddress } from './blobAddress.ts';

/** Blob endpoints of Azure's public and sovereign clouds, DNS zones and private links included. A token that is shown there is shown to nobody but the service. */
const AZURE_STORAGE = /\.blob\.(?:core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|storage\.azure\.net)$/;

/** Does this https URL lead to Azure Storage itself? */
export function isAzureStorage(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' && AZURE_STORAGE.test(hostname);
}

/**
 * Marks on snapshots, catalogue entries and open runs name URLs, and whoever may write to a storage account may write those. So a token goes to Azure
 * Storage only, and to hosts that the user has named.
 * @param named blob endpoints and URLs that come from the user
 * @throws signInNeeded
 */
export function requireTrusted({ endpoint }: BlobAddress, named: readonly string[]): void {
  if (isAzureStorage(endpoint)) return;
  const { origin } = new URL(endpoint);
  if (named.some((url) => URL.canParse(url) && new URL(url).origin === origin)) return;
  throw new BackupError(
    'signInNeeded',
    `No sign-in is shown to ${endpoint}: it is not Azure Storage, and you have not named it yourself.`,
    {
      unharmed: 'Nothing was sent there.',
      hint: 'If you trust this address, name it yourself: in the command, or by attaching the account.',
    },
  );
}

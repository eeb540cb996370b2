import { accessWithKey, accessWithSas, tokenAccess, type Access } from '../../azure/access.ts';
import type { BlobAddress } from '../../azure/blobAddress.ts';
import type { Credential } from '../../azure/tokens.ts';
import type { Attachment } from './attached.ts';

/** A person waits for the answer. */
const DEADLINE = { seconds: 10, bytesPerSecond: 100 * 1024 };

/**
 * Asks an account that is about to be attached for one page of a list.
 * @param anybody the token that is used where there is no secret
 * @throws BackupError with what is wrong
 */
export async function checkAccount(
  { account, secret }: Attachment,
  anybody: Credential,
  apiVersion: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { openAzure } = await import('../../azure/azure.ts');
  const findAccess = (address: BlobAddress): Access => {
    if (!secret) return tokenAccess(address, anybody, []);
    return account.access === 'key' ? accessWithKey(account.name, secret.reveal()) : accessWithSas(secret.reveal());
  };
  const azure = openAzure({ env: {}, findAccess, endpoints: [account.endpoint], deadline: DEADLINE, apiVersion });
  const browser = azure.browse(account.endpoint, account.scope);
  if (account.scope) await browser.pageBlobs(account.scope.container, undefined, account.scope.blob ?? '', { signal });
  else await browser.containers(undefined, { signal });
}

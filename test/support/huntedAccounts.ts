import { BlobServiceClient } from '@azure/storage-blob';
import { startEmulator, type Emulator } from './emulator/emulator.ts';
import type { SecretHunt } from './secretHunt.ts';

const HOUR = 3_600_000;
/** The accounts: the disks are in the container `vhds` of the first one, the backups in `backups` of the other. */
export const [DISKS, BACKUPS] = ['huntdisks', 'huntbackups'] as const;

/** An account key that is known again wherever it comes out. */
export function markedKey(text: string): string {
  return Buffer.from(text.padEnd(64, '.')).toString('base64');
}

export const keyOf = (account: string): string => markedKey(`the marked account key of ${account}`);

/** An emulator with both accounts. Their keys, and every SAS that is sent along as the source of a copy, are hunted from here on. */
export async function startHuntedEmulator(hunt: SecretHunt): Promise<Emulator> {
  const accounts = [DISKS, BACKUPS].map((name) => ({ name, key: keyOf(name) }));
  for (const { name, key } of accounts) hunt.hide(`key of ${name}`, key);
  const emulator = await startEmulator({ accounts });
  for (const [account, container] of [
    [DISKS, 'vhds'],
    [BACKUPS, 'backups'],
  ] as const)
    await clientOf(emulator, account).getContainerClient(container).create();
  emulator.onRequest(({ headers }) => {
    hunt.hideSas('SAS made for a copy', headers['x-ms-copy-source'] ?? '');
    return undefined;
  });
  return emulator;
}

export function clientOf(emulator: Emulator, account: string): BlobServiceClient {
  return BlobServiceClient.fromConnectionString(emulator.connectionString(account));
}

/** A SAS that is hunted. @param lives milliseconds */
export function huntedSas(emulator: Emulator, hunt: SecretHunt, account: string, permissions = 'racwdl', lives = HOUR): string {
  const query = emulator.sas(account, { permissions, expiresOn: new Date(Date.now() + lives) });
  hunt.hideSas(`SAS of ${account}`, query);
  return query;
}

import { BlobServiceClient, type ContainerClient, type PageBlobClient } from '@azure/storage-blob';
import { startEmulator, type Emulator, type EmulatorOptions } from './emulator/emulator.ts';

/** The emulator with a disk account and a backup account, and the SDK beside it to make disks and to look at bytes. */
export interface TwoAccounts {
  readonly emulator: Emulator;
  /** Connection strings of both, as the environment holds them. */
  readonly env: Readonly<Record<string, string>>;
  readonly disks: ContainerClient;
  readonly backups: ContainerClient;
  /** Names of the accounts. */
  readonly diskAccount: string;
  readonly backupAccount: string;
  close(): Promise<void>;
}

export async function startTwoAccounts(options: EmulatorOptions = {}): Promise<TwoAccounts> {
  const emulator = await startEmulator(options);
  const [diskAccount, backupAccount] = emulator.accounts.map(({ name }) => name) as [string, string];
  return {
    emulator,
    env: {
      AZURE_STORAGE_CONNECTION_STRING: emulator.connectionString(diskAccount),
      AZURE_STORAGE_CONNECTION_STRING_BACKUP: emulator.connectionString(backupAccount),
    },
    disks: await newContainer(emulator, diskAccount, 'vhds'),
    backups: await newContainer(emulator, backupAccount, 'backups'),
    diskAccount,
    backupAccount,
    close: () => emulator.close(),
  };
}

/** A container of an account, made by the plain SDK. */
export async function newContainer(emulator: Emulator, account: string, name: string): Promise<ContainerClient> {
  const client = BlobServiceClient.fromConnectionString(emulator.connectionString(account)).getContainerClient(name);
  await client.create();
  return client;
}

/** A page blob of this length with these pages written. */
export async function makeDisk(
  container: ContainerClient,
  name: string,
  length: number,
  pages: readonly Written[] = [],
): Promise<PageBlobClient> {
  const blob = container.getPageBlobClient(name);
  await blob.create(length);
  for (const page of pages) await writeBytes(blob, page);
  return blob;
}

export interface Written {
  readonly offset: number;
  readonly length: number;
  /** Every byte of it. */
  readonly fill: number;
}

export async function writeBytes(blob: PageBlobClient, { offset, length, fill }: Written): Promise<void> {
  const most = 4 * 1024 * 1024;
  for (let at = 0; at < length; at += most) {
    const size = Math.min(most, length - at);
    await blob.uploadPages(Buffer.alloc(size, fill), offset + at, size);
  }
}

/** All bytes of a blob or snapshot, read through the SDK. */
export async function bytesOf(blob: PageBlobClient): Promise<Buffer> {
  return blob.downloadToBuffer();
}

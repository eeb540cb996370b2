import type { ContainerClient } from '@azure/storage-blob';
import type { ProxiedChain } from './proxiedChain.ts';

const PAGE = 512;

/** What other people and tools do to a disk of 64 pages and its backup, by the plain SDK; what the service refuses them does not happen. */
export const FOREIGNERS: Readonly<Record<string, (chain: ProxiedChain) => Promise<unknown>>> = {
  'writes to the backup': ({ backupBlob }) => backupBlob.uploadPages(Buffer.alloc(PAGE, 77), 5 * PAGE, PAGE),
  'breaks the lease and writes': async ({ backupBlob }) => {
    await backupBlob.getBlobLeaseClient().breakLease(0);
    await backupBlob.uploadPages(Buffer.alloc(PAGE, 78), 2 * PAGE, PAGE);
  },
  'breaks the lease and overwrites the backup': async ({ backupBlob }) => {
    await backupBlob.getBlobLeaseClient().breakLease(0);
    await backupBlob.create(64 * PAGE);
  },
  'breaks the lease and resizes the backup': async ({ backupBlob }) => {
    await backupBlob.getBlobLeaseClient().breakLease(0);
    await backupBlob.resize(32 * PAGE);
  },
  'takes a snapshot of the backup': ({ backupBlob }) => backupBlob.createSnapshot(),
  'deletes the newest snapshot of the backup': (chain) => deleteNewest(chain, chain.accounts.backups),
  'puts metadata of its own on the backup': async ({ backupBlob }) => {
    await backupBlob.getBlobLeaseClient().breakLease(0);
    await backupBlob.setMetadata({ tool: 'another' });
  },
  'writes to the disk': ({ disk }) => disk.uploadPages(Buffer.alloc(PAGE, 79), 41 * PAGE, PAGE),
  'resizes the disk': ({ disk }) => disk.resize(48 * PAGE),
  'overwrites the disk': async ({ disk }) => {
    await disk.create(64 * PAGE);
    await disk.uploadPages(Buffer.alloc(PAGE, 80), 0, PAGE);
  },
  'takes a snapshot of the disk': ({ disk }) => disk.createSnapshot(),
  'deletes the newest snapshot of the disk': (chain) => deleteNewest(chain, chain.accounts.disks),
};

async function deleteNewest(chain: ProxiedChain, home: ContainerClient): Promise<void> {
  const { name } = chain;
  await chain.remember();
  let newest: string | undefined;
  for await (const blob of home.listBlobsFlat({ prefix: name, includeSnapshots: true })) {
    if (blob.name === name && blob.snapshot) newest = blob.snapshot;
  }
  if (newest) await home.getPageBlobClient(name).withSnapshot(newest).delete();
}

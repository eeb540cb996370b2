import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { AzureChain } from '../support/azureChain.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** The ranges that a window writes: two of them longer than 4 MiB or touching, so that splitting and joining show in the counts. */
const CHANGES = [
  { offset: 0, length: 512, fill: 5 },
  { offset: 8 * KiB, length: 4 * KiB, fill: 6 },
  { offset: 12 * KiB, length: 4 * KiB, fill: 7 },
  { offset: 2 * MiB, length: 9 * MiB, fill: 8 },
  { offset: 31 * MiB, length: MiB, fill: 9 },
];
const WRITTEN = 512 + 8 * KiB + 9 * MiB + MiB;
/** Σ ceil(range / 4 MiB): 1 + 1 + 3 + 1. */
const WRITES = 6;
/** Between the first two ranges: little enough that a comparison reads across it, which saves a request. */
const GAP = 8 * KiB - 512;

describe('the traffic of an incremental, by the emulator’s own count', () => {
  let accounts: TwoAccounts;
  let disk: PageBlobClient;
  let backup: PageBlobClient;
  let chain: AzureChain;

  before(async () => {
    accounts = await startTwoAccounts();
    disk = await makeDisk(accounts.disks, 'disk.vhd', 32 * MiB, [{ offset: 0, length: 24 * MiB, fill: 1 }]);
    backup = accounts.backups.getPageBlobClient('disk.vhd');
    chain = new AzureChain(accounts.env, disk.url, backup.url);
    await chain.run();
  });
  after(() => accounts.close());

  async function changeAndBackUp(...options: Parameters<AzureChain['run']>) {
    for (const change of CHANGES) await writeBytes(disk, change);
    await disk.clearPages(20 * MiB, MiB);
    accounts.emulator.resetCounts();
    const run = await chain.run(...options);
    const counts = structuredClone(accounts.emulator.counts);
    assert.equal(run.kind, 'incremental');
    assert.deepEqual(
      { written: run.written, cleared: run.cleared, transferred: run.transferred },
      { written: WRITTEN, cleared: MiB, transferred: WRITTEN },
    );
    assert.deepEqual(await bytesOf(backup.withSnapshot(run.recoveryPoint)), await bytesOf(disk));
    return counts;
  }

  test('server transfer: no page byte passes through this process', async () => {
    const { pages, byOperation } = await changeAndBackUp({ transfer: 'server', proof: 'ranges' });
    assert.deepEqual(pages, { put: 0, putFromUrl: WRITTEN, cleared: MiB, read: 0 });
    assert.equal(byOperation['PutPageFromURL'], WRITES);
    assert.equal(byOperation['ClearPages'], 1);
  });

  test('server transfer with a proof: only what the proof reads passes through, both sides of it and the small gap between', async () => {
    const { pages } = await changeAndBackUp({ transfer: 'server', proof: 'changed' });
    assert.deepEqual(pages, { put: 0, putFromUrl: WRITTEN, cleared: MiB, read: 2 * (WRITTEN + GAP) });
  });

  test('relay: every changed byte is read once and written once, and no other', async () => {
    const { pages, byOperation } = await changeAndBackUp({ transfer: 'relay', proof: 'ranges' });
    assert.deepEqual(pages, { put: WRITTEN, putFromUrl: 0, cleared: MiB, read: WRITTEN });
    assert.equal(byOperation['PutPage'], WRITES);
  });

  test('a window in which nothing changed moves nothing and makes no point', async () => {
    accounts.emulator.resetCounts();
    const run = await chain.run();
    assert.equal(run.kind, 'unchanged');
    assert.deepEqual(accounts.emulator.counts.pages, { put: 0, putFromUrl: 0, cleared: 0, read: 0 });
    assert.equal((await snapshotsOf(accounts, disk)).length, 1);
  });
});

async function snapshotsOf({ disks }: TwoAccounts, disk: PageBlobClient): Promise<string[]> {
  const found: string[] = [];
  for await (const blob of disks.listBlobsFlat({ includeSnapshots: true, prefix: disk.name })) if (blob.snapshot) found.push(blob.snapshot);
  return found;
}

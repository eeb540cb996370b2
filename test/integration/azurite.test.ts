import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BlobServiceClient, type PageBlobClient } from '@azure/storage-blob';
import { AzureChain } from '../support/azureChain.ts';
import { startAzurite, type Azurite } from '../support/azurite.ts';
import { bytesOf, makeDisk, writeBytes } from '../support/twoAccounts.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

describe('law 6 against stock Azurite, which answers a difference with the plain page list', () => {
  let azurite: Azurite;
  let disk: PageBlobClient;
  let backup: PageBlobClient;
  let chain: AzureChain;

  before(async () => {
    azurite = await startAzurite();
    const [vhds, backups] = (['disks', 'backups'] as const).map((account) =>
      BlobServiceClient.fromConnectionString(azurite.connectionString(account)).getContainerClient('vhds'),
    );
    await Promise.all([vhds!.create(), backups!.create()]);
    disk = await makeDisk(vhds!, 'disk.vhd', 4 * MiB, [
      { offset: 0, length: 64 * KiB, fill: 1 },
      { offset: MiB, length: 64 * KiB, fill: 2 },
      { offset: 3 * MiB, length: 64 * KiB, fill: 3 },
    ]);
    backup = backups!.getPageBlobClient('disk.vhd');
    const env = {
      AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString('disks'),
      AZURE_STORAGE_CONNECTION_STRING_2: azurite.connectionString('backups'),
    };
    chain = new AzureChain(env, disk.url, backup.url);
  });
  after(() => azurite.stop());

  test('the lie is there: a made-up previous snapshot is answered, and no page is said to be cleared', async () => {
    const lie = await disk.getPageRangesDiff(0, 4 * MiB, '2020-01-01T00:00:00.0000000Z');
    assert.equal(lie.pageRange?.length, 3);
    assert.equal(lie.clearRange?.length ?? 0, 0);
  });

  test('a first backup is relayed, since Azurite has no Put Page From URL, and equals the disk', async () => {
    const notes: string[] = [];
    const first = await chain.run({}, (event) => void (event.type === 'note' && notes.push(event.text)));
    assert.equal(first.kind, 'full');
    assert.equal(first.transfer, 'relay');
    assert.equal(notes.length, 1);
    assert.deepEqual(await bytesOf(backup.withSnapshot(first.recoveryPoint)), await bytesOf(disk));
  });

  test('pages that were cleared are gone from the next point; it is a rebase and says why', async () => {
    await disk.clearPages(MiB, 64 * KiB);
    await writeBytes(disk, { offset: 3 * MiB, length: 512, fill: 9 });
    const next = await chain.run();
    assert.equal(next.kind, 'rebase');
    assert.match(next.reason, /ignores differences between snapshots.*the whole disk is compared/);
    assert.deepEqual({ written: next.written, cleared: next.cleared }, { written: 512, cleared: 64 * KiB });
    assert.equal(next.proof.level, 'full');
    const restored = backup.withSnapshot(next.recoveryPoint);
    assert.deepEqual(await bytesOf(restored), await bytesOf(disk));
    assert.equal(
      (await restored.downloadToBuffer(MiB, 64 * KiB)).every((byte) => byte === 0),
      true,
    );
  });
});

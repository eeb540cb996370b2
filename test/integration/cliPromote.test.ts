import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { runCliProcess } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;

describe('promote on the command line', () => {
  let two: TwoAccounts;
  let disk: PageBlobClient;
  let snapshot: string;
  const run = (...args: string[]) => runCliProcess([...args, '--json'], { env: two.env });

  before(async () => {
    two = await startTwoAccounts();
    disk = await makeDisk(two.disks, 'disk.vhd', 16 * MIB, [{ offset: 0, length: 2 * MIB, fill: 1 }]);
    await run('backup', disk.url, two.backups.getPageBlobClient('disk.vhd').url);
    snapshot = (await disk.createSnapshot()).snapshot!;
    await writeBytes(disk, { offset: MIB, length: 4 * MIB, fill: 2 });
  });
  after(() => two.close());

  it('shows what it costs without changing anything', async () => {
    const bytes = await bytesOf(disk);
    const { status, stderr, last } = await run('promote', `${disk.url}?snapshot=${snapshot}`, '--dry-run');
    assert.equal(status, 0);
    assert.match(stderr, /compare the whole disk/);
    assert.equal(last['type'], 'plan');
    assert.deepEqual(await bytesOf(disk), bytes);
  });

  it('is refused on an attached disk, in words', async () => {
    const lease = disk.getBlobLeaseClient();
    await lease.acquireLease(-1);
    const { status, stderr } = await run('promote', `${disk.url}?snapshot=${snapshot}`);
    await lease.releaseLease();
    assert.equal(status, 6);
    assert.match(stderr, /attached to a VM \(infinite lease\)/);
  });

  it('makes the disk what its snapshot is, keeps it as it was, and the next backup is a rebase', async () => {
    const bytes = await bytesOf(disk);
    const { status, last } = await run('promote', `${disk.url}?snapshot=${snapshot}`, '--proof', 'full');
    assert.equal(status, 0);
    assert.deepEqual(await bytesOf(disk), await bytesOf(disk.withSnapshot(snapshot)));
    assert.deepEqual(await bytesOf(disk.withSnapshot(String(last['safetySnapshot']))), bytes);
    const next = await run('backup', disk.url, two.backups.getPageBlobClient('disk.vhd').url);
    assert.equal(next.last['kind'], 'rebase');
  });

  it('needs a snapshot', async () => {
    const { status, stderr } = await run('promote', disk.url);
    assert.equal(status, 2);
    assert.match(stderr, /add \?snapshot=/);
  });
});

describe('promote in an account for premium page blobs', () => {
  it('is refused by the service, since the blob has snapshots, and nothing is harmed', async (t) => {
    let later = 0;
    const key = Buffer.from('a key for this test only').toString('base64');
    const two = await startTwoAccounts({
      accounts: ['premiumdisks', 'standard'].map((name, i) => ({ name, key, premium: i === 0 })),
      clock: () => Date.now() + later,
    });
    t.after(() => two.close());
    const disk = await makeDisk(two.disks, 'disk.vhd', 8 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    const { snapshot } = await disk.createSnapshot();
    await writeBytes(disk, { offset: 0, length: MIB, fill: 2 });
    const bytes = await bytesOf(disk);
    // Such an account takes one snapshot of a blob in ten minutes.
    later = 11 * 60_000;
    const { status, stderr } = await runCliProcess(['promote', `${disk.url}?snapshot=${snapshot}`], { env: two.env });
    assert.equal(status, 6);
    assert.match(stderr, /has snapshots/);
    assert.deepEqual(await bytesOf(disk), bytes);
  });
});

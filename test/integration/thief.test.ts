import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ContainerClient, type PageBlobClient, type RestError } from '@azure/storage-blob';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;

/** As far as the emulator knows the service: what an account's own protections (soft delete, versions, write-once) add is up to the account. */
describe('a thief who has the credential of the backups, which may not delete', () => {
  let two: TwoAccounts;
  let folder: string;
  let disk: PageBlobClient;
  let backup: PageBlobClient;
  /** Everything but `d`: what a backup needs. */
  let thief: ContainerClient;
  const points: string[] = [];
  const truths: Buffer[] = [];
  const run = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env: two.env });

  before(async () => {
    two = await startTwoAccounts();
    folder = await mkdtemp(join(tmpdir(), 'pbb-thief-'));
    disk = await makeDisk(two.disks, 'disk.vhd', 2 * MIB);
    backup = two.backups.getPageBlobClient('disk.vhd');
    for (let fill = 1; fill <= 2; fill++) {
      await writeBytes(disk, { offset: fill * 4096, length: 4096, fill });
      truths.push(await bytesOf(disk));
      const { status, last, stderr } = await run('backup', disk.url, backup.url, '--json');
      assert.equal(status, 0, stderr);
      points.push(String(last['recoveryPoint']));
    }
    const expiresOn = new Date(Date.now() + 3_600_000);
    const sas = two.emulator.sas(two.backupAccount, { container: 'backups', permissions: 'racwl', expiresOn });
    thief = new ContainerClient(`${two.backups.url}?${sas}`);
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });

  const isRefused = (error: RestError): boolean => error.statusCode === 403;

  it('deletes nothing: no blob, no snapshot, no record, not by this program either', async () => {
    const stolen = thief.getPageBlobClient('disk.vhd');
    let tried = 0;
    for await (const { name, snapshot } of thief.listBlobsFlat({ includeSnapshots: true })) {
      const blob = thief.getBlobClient(name);
      await assert.rejects((snapshot ? blob.withSnapshot(snapshot) : blob).delete(), isRefused);
      tried++;
    }
    assert.ok(tried >= 5, `${tried} blobs, snapshots and records`);
    await assert.rejects(stolen.delete({ deleteSnapshots: 'include' }), isRefused);
    await assert.rejects(stolen.delete({ deleteSnapshots: 'only' }), isRefused);
    await assert.rejects(thief.delete(), isRefused);
    const { status, stderr } = await runCliProcess(['prune', stolen.url, '--keep-last', '1'], { env: {} });
    assert.notEqual(status, 1, stderr);
    for (const point of points) assert.ok(await backup.withSnapshot(point).exists());
  });

  it('ruins all that can be written: the blob, its marks, every record; the snapshots are as they were, and are disks again by copy', async () => {
    const stolen = thief.getPageBlobClient('disk.vhd');
    await stolen.clearPages(0, 2 * MIB);
    await stolen.uploadPages(Buffer.alloc(4096, 0x66), 4096, 4096);
    await stolen.setMetadata({ ransom: 'pay' });
    await stolen.updateSequenceNumber('max', 2 ** 40);
    await stolen.create(MIB);
    await stolen.getBlobLeaseClient('00000000-0000-4000-8000-000000000666').acquireLease(-1);
    let ruined = 0;
    for await (const { name } of thief.listBlobsFlat({ prefix: 'disk.vhd.chain/' })) {
      await thief.getBlockBlobClient(name).upload('{"pay":"me"}', 12);
      ruined++;
    }
    assert.ok(ruined >= 2, `${ruined} records`);

    // No ruined record is believed.
    const listed = await run('points', backup.url);
    assert.match(listed.stderr, /record cannot be read/);
    const refused = await run('restore', `${backup.url}?snapshot=${points[1]}`, join(folder, 'refused.vhd'));
    assert.ok(![0, 1].includes(refused.status!), refused.stderr);
    const next = await run('backup', disk.url, backup.url);
    assert.ok(![0, 1].includes(next.status!), next.stderr);

    for (const [i, point] of points.entries()) {
      const snapshot = backup.withSnapshot(point);
      assert.ok((await bytesOf(snapshot)).equals(truths[i]!), 'what lies in a snapshot cannot be written to');
      const saved = two.disks.getPageBlobClient(`saved-${i}.vhd`);
      const copied = await run('copy', snapshot.url, saved.url);
      assert.equal(copied.status, 0, copied.stderr);
      assert.ok((await bytesOf(saved)).equals(truths[i]!));
    }
    // The disk goes on under a new chain.
    const again = await run('backup', disk.url, two.backups.getPageBlobClient('again.vhd').url);
    assert.equal(again.status, 0, again.stderr);
  });
});

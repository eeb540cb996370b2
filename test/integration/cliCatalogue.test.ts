import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { startEmulator, type Emulator } from '../support/emulator/emulator.ts';
import { bytesOf, makeDisk } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const KEY = Buffer.from('a key for the accounts of this test').toString('base64');

/** A premium page-blob account takes no block blobs, so the records lie in a standard one. */
describe('the catalogue of a backup in a premium account', () => {
  let emulator: Emulator;
  let env: Record<string, string>;
  const container = (account: string, name: string) =>
    BlobServiceClient.fromConnectionString(emulator.connectionString(account)).getContainerClient(name);
  const run = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env });

  before(async () => {
    emulator = await startEmulator({
      accounts: [
        { name: 'premium', key: KEY, premium: true },
        { name: 'standard', key: KEY },
      ],
      switches: { premiumSnapshotInterval: 0 },
    });
    env = { AZURE_STORAGE_CONNECTION_STRING: emulator.connectionString('premium') };
    await container('premium', 'vhds').create();
    await container('standard', 'records').create();
  });
  after(() => emulator.close());

  it('lies in the folder that --catalogue names, and serves every command', async () => {
    const disk = await makeDisk(container('premium', 'vhds'), 'disk.vhd', 8 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    const backup = container('premium', 'vhds').getPageBlobClient('backup.vhd').url;
    const sas = emulator.sas('standard', { container: 'records', permissions: 'rcl', expiresOn: new Date(Date.now() + 3_600_000) });
    const catalogue = `--catalogue=${container('standard', 'records').url}/page-blobs?${sas}`;

    const made = await run('backup', disk.url, backup, catalogue, '--json');
    assert.equal(made.status, 0, made.stderr);
    const folder = `page-blobs/127.0.0.1:${emulator.port}/premium/vhds/backup.vhd.chain`;
    assert.deepEqual(emulator.store.blobs('standard', 'records').sort(), [`${folder}/000001.json`, `${folder}/chain.json`]);

    const listed = await run('points', backup, catalogue, '--json');
    assert.equal((listed.last['points'] as unknown[]).length, 1, listed.stderr);
    const verified = await run('verify', backup, catalogue);
    assert.equal(verified.status, 0, verified.stderr);
    const target = container('premium', 'vhds').getPageBlobClient('restored.vhd');
    const restored = await run('restore', `${backup}?snapshot=${String(made.last['recoveryPoint'])}`, target.url, catalogue);
    assert.equal(restored.status, 0, restored.stderr);
    assert.ok((await bytesOf(target)).equals(await bytesOf(disk)));
  });

  it('is asked for when the account takes no records', async () => {
    const disk = await makeDisk(container('premium', 'vhds'), 'other.vhd', 8 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    const refused = await run('backup', disk.url, container('premium', 'vhds').getPageBlobClient('otherbackup.vhd').url);
    assert.equal(refused.status, 9, refused.stderr);
    assert.match(
      refused.stderr,
      /takes no block blobs.*Nothing was changed.*Name a place in a standard account for the catalogue \(--catalogue\)/,
    );
    assert.equal(emulator.store.blobs('premium', 'vhds').includes('otherbackup.vhd'), false);
  });
});

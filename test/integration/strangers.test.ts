import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { openAzure } from '../../src/azure/azure.ts';
import { backupsOfDisk } from '../../src/extension/commands/backup/chainsOfDisk.ts';
import { LazyAzureSession } from '../../src/extension/azureSession.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { makeDirectory, type MadeDirectory } from '../support/arm/makeDirectory.ts';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { signedInWith } from '../support/fakeAz.ts';
import { startStranger, type Stranger } from '../support/stranger.ts';
import { makeDisk, startTwoAccounts, type TwoAccounts } from '../support/twoAccounts.ts';
import { TEST_CERTIFICATE } from '../unit/azure/selfSigned.ts';

const MIB = 1024 * 1024;

/** Marks, catalogue records and headers that lead to a host of somebody else, on the command line and in the extension, with somebody signed in. */
describe('a host that only the storage names', () => {
  let two: TwoAccounts;
  let stranger: Stranger;
  let folder: string;
  let env: Record<string, string>;
  let there: string;

  before(async () => {
    [two, stranger] = await Promise.all([startTwoAccounts(), startStranger()]);
    folder = await mkdtemp(join(tmpdir(), 'pbb-stranger-'));
    const certificate = join(folder, 'certificate.pem');
    await writeFile(certificate, TEST_CERTIFICATE);
    env = { ...two.env, ...(await signedInWith('the-token-of-az', folder)), NODE_EXTRA_CA_CERTS: certificate };
    there = `${stranger.origin}/acct/vhds/disk.vhd`;
  });
  after(async () => {
    await Promise.all([two.close(), stranger.close(), rm(folder, { recursive: true })]);
  });
  beforeEach(() => void (stranger.seen.length = 0));

  const run = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env });

  it('is shown the sign-in once the user names it, so the tests below prove something', async () => {
    await run('points', there);
    assert.ok(stranger.seen.length > 0);
    assert.deepEqual(new Set(stranger.seen.map(({ authorization }) => authorization)), new Set(['Bearer the-token-of-az']));
  });

  it('is shown it as well where a policy file of the user names it', async () => {
    const policy = join(folder, 'policy.yaml');
    const text = `version: 1
chains:
  - name: one
    account: ${stranger.origin}/acct
    blobs: [vhds/disk.vhd]
    window: { cron: "0 0 * * *" }
    retention: { last: 2 }
    to: { account: "${two.emulator.blobEndpoint(two.backupAccount)}", blob: "backups/{blob}" }
`;
    await writeFile(policy, text);
    const applied = await run('apply', '--policy', policy);
    assert.ok(stranger.seen.length > 0, applied.stderr);
    assert.deepEqual(new Set(stranger.seen.map(({ authorization }) => authorization)), new Set(['Bearer the-token-of-az']));
  });

  it('as the source of a chain, is not asked by "verify"', async () => {
    const disk = await makeDisk(two.disks, 'disk.vhd', MIB, [{ offset: 0, length: 512, fill: 1 }]);
    const backup = two.backups.getPageBlobClient('disk.vhd');
    assert.equal((await run('backup', disk.url, backup.url)).status, 0);
    const record = two.backups.getBlockBlobClient('disk.vhd.chain/000001.json');
    const entry = JSON.parse(String(await record.downloadToBuffer())) as { source: object };
    for (const url of [there, `${there}?sv=2021-12-02&sr=c&sig=theirs`]) {
      const forged = JSON.stringify({ ...entry, source: { ...entry.source, url } });
      await record.upload(forged, forged.length);
      const verified = await run('verify', backup.url);
      assert.match(verified.stderr, url === there ? /No sign-in is shown to https:\/\/127\.0\.0\.1/ : /record cannot be read/);
      assert.ok(!(verified.stdout + verified.stderr).includes('theirs'));
    }
    assert.deepEqual(stranger.seen, []);
  });

  describe('in the extension', () => {
    let made: MadeDirectory;
    let session: LazyAzureSession;

    before(() => {
      made = makeDirectory({ arm: { subscriptions: async () => ({ subscriptions: [], problems: [] }) } as never });
      const parts = { directory: made.directory, anybody: () => made.directory.anybody, env: two.env };
      session = new LazyAzureSession({ ...parts, apiVersion: () => undefined, userAgent: 'test' });
    });

    it('is not asked where a mark on a snapshot of the disk names it', async () => {
      const disk = await makeDisk(two.disks, 'marked.vhd', MIB);
      await disk.createSnapshot({ metadata: { pbb_backup: there } });
      await backupsOfDisk(disk.url, { session, job: { world: systemWorld } });
      assert.deepEqual([stranger.seen, made.sessions.wishes], [[], []]);
    });

    it('is not asked even if an opened Azure has somebody signed in', async () => {
      const tokenCredential = { getToken: async () => ({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 }) };
      const azure = openAzure({ env: two.env, tokenCredential });
      await assert.rejects(azure.image(there).length(), /No sign-in is shown/);
      await assert.rejects((await session.image(there)).length());
      assert.deepEqual([stranger.seen, made.sessions.wishes], [[], []]);
    });
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const HOUR = 3_600_000;

interface BadInput {
  readonly what: string;
  /** The command line, and an environment other than both connection strings. */
  readonly given: () => readonly string[] | Promise<readonly string[]>;
  readonly env?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly says: RegExp;
}

/** Every mistake of the caller: its message, its exit status, and that nothing was made, changed or told that is secret. */
describe('the command line, given what it cannot use', () => {
  let two: TwoAccounts;
  let disk: PageBlobClient;
  let folder: string;
  const snapshots: string[] = [];
  const backup = (name: string): string => two.backups.getPageBlobClient(name).url;
  const sas = (account: string, container: string, permissions: string, hours = 1): string =>
    two.emulator.sas(account, { container, permissions, expiresOn: new Date(Date.now() + hours * HOUR) });
  const run = (args: readonly string[], env?: BadInput['env']): Promise<CliRun> => runCliProcess(args, { env: env ?? two.env });

  before(async () => {
    two = await startTwoAccounts();
    disk = await makeDisk(two.disks, 'disk.vhd', 8 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    for (let i = 0; i < 2; i++) snapshots.push((await disk.createSnapshot()).snapshot!);
    await two.disks.getBlockBlobClient('notes.txt').upload('text', 4);
    await two.backups.getBlockBlobClient('notes.txt').upload('text', 4);
    await makeDisk(two.backups, 'strange.vhd', 8 * MIB, [{ offset: 0, length: 512, fill: 3 }]);
    const leased = await makeDisk(two.backups, 'leased.vhd', 8 * MIB);
    await leased.getBlobLeaseClient().acquireLease(-1);
    const other = await makeDisk(two.disks, 'other.vhd', 8 * MIB);
    const { status, stderr } = await run(['backup', other.url, backup('other.vhd')]);
    assert.equal(status, 0, stderr);
    folder = await mkdtemp(join(tmpdir(), 'pbb-bad-'));
    await writeFile(join(folder, 'cut.vhd'), Buffer.alloc(1000));
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });

  const table: readonly BadInput[] = [
    {
      what: 'a block blob as the source',
      given: () => ['backup', two.disks.getBlobClient('notes.txt').url, backup('new.vhd')],
      status: 2,
      says: /notes\.txt.*not a page blob/,
    },
    {
      what: 'a block blob as the backup',
      given: () => ['backup', disk.url, backup('notes.txt')],
      status: 2,
      says: /notes\.txt.*not a page blob/,
    },
    {
      what: 'a missing blob',
      given: () => ['backup', two.disks.getBlobClient('none.vhd').url, backup('new.vhd')],
      status: 5,
      says: /none\.vhd: there is no such blob/,
    },
    {
      what: 'a missing container of the source',
      given: () => ['backup', `${two.emulator.blobEndpoint(two.diskAccount)}/nothere/disk.vhd`, backup('new.vhd')],
      status: 5,
      says: /nothere\/disk\.vhd: there is no such (container|blob)/,
    },
    {
      what: 'a missing container of the backup',
      given: () => ['backup', disk.url, `${two.emulator.blobEndpoint(two.backupAccount)}/nothere/disk.vhd`],
      status: 5,
      says: /nothere\/disk\.vhd.*there is no such container/,
    },
    {
      what: 'a missing recovery point',
      given: () => ['restore', `${backup('other.vhd')}?snapshot=2020-01-01T00:00:00.0000000Z`, join(folder, 'x.vhd')],
      status: 5,
      says: /other\.vhd.*2020-01-01T00:00:00\.0000000Z.*there is no such/,
    },
    {
      what: 'a host that does not exist',
      given: () => ['backup', `https://pbbnosuchaccount.invalid/vhds/disk.vhd?${sas(two.diskAccount, 'vhds', 'r')}`, backup('new.vhd')],
      status: 5,
      says: /pbbnosuchaccount\.invalid.*there is no such host.*Check the account's name/,
    },
    {
      what: 'an account that does not exist',
      given: () => ['points', `http://127.0.0.1:${two.emulator.port}/pbbnosuchaccount/c/d?${sas(two.diskAccount, 'vhds', 'rl')}`],
      status: 5,
      says: /pbbnosuchaccount\/c\/d.*there is no such .*account/,
    },
    {
      what: 'a file that is no whole number of pages',
      given: () => ['diff', join(folder, 'cut.vhd'), disk.url],
      status: 2,
      says: /cut\.vhd has 1000 bytes, which is no multiple of 512/,
    },
    {
      what: 'a file that does not exist',
      given: () => ['diff', join(folder, 'none.vhd'), disk.url],
      status: 2,
      says: /none\.vhd: there is no such file or folder/,
    },
    {
      what: 'the same blob under another spelling of its host',
      given: () => ['backup', disk.url, disk.url.replace('127.0.0.1', 'localhost')],
      status: 2,
      says: /Source and backup are the same blob/,
    },
    {
      what: 'the same blob as source and backup',
      given: () => ['backup', disk.url, disk.url],
      status: 2,
      says: /Source and backup are the same blob/,
    },
    {
      what: 'a backup blob that is not ours and holds data',
      given: () => ['backup', disk.url, backup('strange.vhd')],
      status: 6,
      says: /strange\.vhd holds data and is not a backup made by this tool\. Nothing was changed\. .*--adopt/,
    },
    {
      what: 'the chain of another source',
      given: () => ['backup', disk.url, backup('other.vhd')],
      status: 6,
      says: /other\.vhd belongs to the chain of another source: .*vhds\/other\.vhd\. Nothing was changed\./,
    },
    {
      what: 'a SAS that has expired',
      given: () => ['backup', `${disk.url}?${sas(two.diskAccount, 'vhds', 'rwl', -1)}`, backup('new.vhd')],
      status: 4,
      says: /vhds\/disk\.vhd: the SAS expired on \d{4}-.*Give a new SAS/,
    },
    {
      what: 'a SAS of the source that may not read',
      given: () => ['backup', `${disk.url}?${sas(two.diskAccount, 'vhds', 'wl')}`, backup('new.vhd')],
      status: 4,
      says: /the SAS lacks permission r \(read\); it has "wl"/,
    },
    {
      what: 'a SAS of the source that may not take a snapshot',
      given: () => ['backup', `${disk.url}?${sas(two.diskAccount, 'vhds', 'rl')}`, backup('snapless.vhd')],
      status: 4,
      says: /Could not take a snapshot of .*disk\.vhd: the SAS lacks permission c \(create\) or w \(write\); it has "rl"/,
    },
    {
      what: 'a read-only SAS on the backup',
      given: () => ['backup', disk.url, `${backup('new.vhd')}?${sas(two.backupAccount, 'backups', 'rl')}`],
      status: 4,
      says: /Could not create .*new\.vhd\.chain\/chain\.json: the SAS lacks permission c \(create\) or w \(write\); it has "rl"/,
    },
    {
      what: 'a backup blob that is leased',
      given: () => ['backup', disk.url, backup('leased.vhd')],
      status: 6,
      says: /leased\.vhd is leased.*Nothing was changed\./,
    },
    {
      what: 'garbage for a URL',
      given: () => ['backup', 'htp//nonsense', backup('new.vhd')],
      status: 2,
      says: /"htp\/\/nonsense" is not a blob URL/,
    },
    {
      what: 'a # in a name',
      given: () => ['backup', `${disk.url}#2.vhd`, backup('new.vhd')],
      status: 2,
      says: /disk\.vhd#2\.vhd" holds a "#".*write # as %23/,
    },
    {
      what: 'a name that leads elsewhere',
      given: () => ['backup', disk.url.replace('disk.vhd', 'x/../disk.vhd'), backup('new.vhd')],
      status: 2,
      says: /x\/\.\.\/disk\.vhd" holds a part "\." or "\.\."/,
    },
    {
      what: 'a URL that names no blob',
      given: () => ['points', 'https://a.blob.core.windows.net/container'],
      status: 2,
      says: /names a container, not a blob/,
    },
    {
      what: 'a path as the source',
      given: () => ['backup', './disk.vhd', backup('new.vhd')],
      status: 2,
      says: /"\.\/disk\.vhd" is not a blob URL; the source/,
    },
    {
      what: 'a snapshot as the source',
      given: () => ['backup', `${disk.url}?snapshot=2020-01-01T00:00:00.0000000Z`, backup('new.vhd')],
      status: 2,
      says: /The source must be a blob, but the URL names one of its snapshots/,
    },
    { what: 'a backup without its point', given: () => ['restore', backup('other.vhd'), 'x.vhd'], status: 2, says: /add \?snapshot=<id>/ },
    {
      what: 'a SAS that the shell cut short',
      given: () => ['points', `${backup('other.vhd')}?sv=2021-12-02`],
      status: 2,
      says: /SAS that is cut short.*quotes/,
    },
    {
      what: 'no sign-in at all',
      given: () => ['points', backup('other.vhd')],
      env: {},
      status: 4,
      says: /There is no sign-in for http:\/\/127\.0\.0\.1.*AZURE_STORAGE_CONNECTION_STRING/,
    },
    {
      what: 'a restore onto a blob that exists',
      given: async () => ['restore', await pointOf('other.vhd'), disk.url],
      status: 6,
      says: /vhds\/disk\.vhd exists already\. Nothing was changed/,
    },
    {
      what: 'a restore onto a file that exists',
      given: async () => ['restore', await pointOf('other.vhd'), join(folder, 'cut.vhd')],
      status: 6,
      says: /cut\.vhd exists already\. Nothing was changed/,
    },
    {
      what: 'a restore into a folder that does not exist',
      given: async () => ['restore', await pointOf('other.vhd'), join(folder, 'none', 'x.vhd')],
      status: 2,
      says: /Could not use the folder .*none: there is no such file or folder/,
    },
    {
      what: 'a copy onto a blob that exists',
      given: () => ['copy', disk.url, backup('strange.vhd')],
      status: 6,
      says: /strange\.vhd exists already/,
    },
    {
      what: 'a diff with the newer image first',
      given: () => ['diff', `${disk.url}?snapshot=${snapshots[1]}`, `${disk.url}?snapshot=${snapshots[0]}`],
      status: 2,
      says: /is the newer one.*Nothing was changed\. Swap the two images/,
    },
    {
      what: 'a diff from the live blob',
      given: () => ['diff', disk.url, `${disk.url}?snapshot=${snapshots[0]}`],
      status: 2,
      says: /The first image must be a snapshot/,
    },
    {
      what: 'a diff with a snapshot that does not exist',
      given: () => ['diff', `${disk.url}?snapshot=2020-01-01T00:00:00.0000000Z`, disk.url],
      status: 5,
      says: /there is no such snapshot/,
    },
  ];

  for (const { what, given, env, status, says } of table) {
    it(`refuses ${what} with status ${status}`, async () => {
      const sizes = () =>
        [two.disks, two.backups].map(({ accountName, containerName }) => two.emulator.store.blobs(accountName, containerName).length);
      const before = sizes();
      const files = await readdir(folder);
      const result = await run([...(await given()), '--json'], env);
      assert.equal(result.status, status, result.stderr);
      assert.match(result.stderr, says);
      assert.doesNotMatch(result.stderr, /^ {4}at |RestError|sig=(?!\(redacted\))/m);
      assert.doesNotMatch(result.stdout, /sig=(?!\(redacted\))/);
      assert.deepEqual([result.last['type'], result.last['exitStatus']], ['error', status]);
      assert.deepEqual(await readdir(folder), files);
      if (!what.includes('take a snapshot')) assert.deepEqual(sizes(), before);
    });
  }

  it('takes over a backup blob that is not ours with --adopt', async () => {
    const { status, last, stderr } = await run(['backup', disk.url, backup('strange.vhd'), '--adopt', '--json']);
    assert.equal(status, 0, stderr);
    assert.equal(last['kind'], 'rebase');
    assert.ok((await bytesOf(two.backups.getPageBlobClient('strange.vhd'))).equals(await bytesOf(disk)));
  });

  async function pointOf(name: string): Promise<string> {
    const { last } = await run(['points', backup(name), '--json']);
    const [newest] = last['points'] as { recoveryPoint: string }[];
    return `${backup(name)}?snapshot=${newest!.recoveryPoint}`;
  }
});

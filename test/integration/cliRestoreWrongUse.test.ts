import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';
import { BlobServiceClient, type PageBlobClient } from '@azure/storage-blob';
import { runCli } from '../../src/cli/runCli.ts';
import { fileSystem, type FileSystem } from '../../src/files/fileSystem.ts';
import { systemWorld } from '../../src/files/systemWorld.ts';
import { DEFAULT_ACCOUNTS } from '../support/emulator/emulator.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const HOUR = 3_600_000;
const PREMIUM = 'premiumaccount';

/** Restores that cannot be: what is said, by which exit status, and that nothing is harmed. */
describe('the command line, asked for a restore that cannot be', () => {
  let two: TwoAccounts;
  let now: number;
  let disk: PageBlobClient;
  let point: string;
  let truth: Buffer;
  let folder: string;
  let disks = 0;

  const run = async (args: readonly string[], files: FileSystem = fileSystem) => {
    const stdout = new PassThrough();
    let stderr = '';
    const stream = { write: (text: string) => (stderr += text) };
    const { signal } = new AbortController();
    const env = { ...two.env, AZURE_STORAGE_CONNECTION_STRING_PREMIUM: two.emulator.connectionString(PREMIUM) };
    const status = await runCli([...args, '--json'], { env, stdout, stderr: stream, world: systemWorld, files, signal });
    return { status, stderr, stdout: String(stdout.read() ?? '') };
  };
  const sas = (account: string, container: string, permissions: string, hours = 1): string =>
    two.emulator.sas(account, { container, permissions, expiresOn: new Date(now + hours * HOUR) });
  /** What a container holds, with every snapshot, all metadata and all pages. */
  const everything = (): string => {
    const { store } = two.emulator;
    const of = (account: string, container: string) =>
      store.blobs(account, container).map((blob) => {
        const name = { account, container, blob };
        return [blob, store.snapshots(name), store.metadata(name), createHash('sha256').update(store.bytes(name)).digest('hex')];
      });
    return JSON.stringify([of(two.diskAccount, 'vhds'), of(two.backupAccount, 'backups')]);
  };

  before(async () => {
    now = Date.now();
    const accounts = [...DEFAULT_ACCOUNTS, { name: PREMIUM, key: DEFAULT_ACCOUNTS[1]!.key, premium: true }];
    two = await startTwoAccounts({ accounts, clock: () => now });
    folder = await mkdtemp(join(tmpdir(), 'pbb-restore-'));
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    const name = `disk${++disks}.vhd`;
    disk = await makeDisk(two.disks, name, 8 * MIB, [{ offset: 0, length: 6 * MIB, fill: 1 }]);
    truth = await bytesOf(disk);
    const backup = two.backups.getPageBlobClient(name).url;
    const { status, stderr, stdout } = await run(['backup', disk.url, backup]);
    assert.equal(status, 0, stderr);
    point = `${backup}?snapshot=${String((JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>)['recoveryPoint'])}`;
    for (let i = 0; i < 4; i++) await writeBytes(disk, { offset: i * MIB, length: 4096, fill: 9 });
  });

  /** Refused with this status, in these words, and nothing anywhere is another than before. */
  async function refused(args: readonly string[], status: number, says: RegExp): Promise<void> {
    const before = everything();
    const done = await run(args);
    assert.equal(done.status, status, done.stderr);
    assert.match(done.stderr, says);
    assert.equal(everything(), before);
  }

  it('options that make no sense together, before anything is asked of the service', async () => {
    two.emulator.resetCounts();
    const [backupUrl = '', id = ''] = point.split('?snapshot=');
    const mistakes: readonly [readonly string[], RegExp][] = [
      [[point, 'disk.vhd', '--in-place'], /--in-place needs the URL of the disk that was backed up/],
      [[point, disk.url, '--in-place', '--tier', 'P30'], /--tier is for a blob that is made/],
      [[point, `${disk.url}?snapshot=${id}`, '--in-place'], /must be a blob, but the URL names one of its snapshots/],
      [[backupUrl, disk.url, '--in-place'], /names the backup blob, not one of its recovery points/],
      [[point, disk.url, '--in-place', '--continue-chain'], /--continue-chain is for a blob that is made/],
      [[point, 'disk.vhd', '--continue-chain'], /--continue-chain needs a blob as the target/],
      [[point, disk.url, '--new-backup', backupUrl], /--new-backup goes with --continue-chain/],
      [[point, disk.url, '--in-place', '--new-backup', backupUrl], /--new-backup goes with --continue-chain/],
      [[point, 'disk.vhd', '--tier', 'P30'], /--tier needs a blob as the target/],
      [[point, 'disk.vhd', '--transfer', 'server'], /--transfer server needs a blob as the target/],
    ];
    for (const [args, says] of mistakes) {
      const { status, stderr } = await run(['restore', ...args]);
      assert.equal(status, 2, stderr);
      assert.match(stderr, says);
      assert.match(stderr, /Nothing was changed\. See: page-blob-backup restore --help/);
    }
    assert.equal(two.emulator.counts.requests, 0);
  });

  it('a disk that may only be read', async () => {
    const readOnly = `${disk.url}?${sas(two.diskAccount, 'vhds', 'rl')}`;
    await refused(['restore', point, readOnly, '--in-place'], 4, /the SAS lacks permission w \(write\); it has "rl"/);
    assert.equal((await run(['restore', point, readOnly, '--in-place', '--dry-run'])).status, 0, 'looking needs no more');
  });

  it('a disk whose VM holds it, and one that somebody else leases', async () => {
    await disk.getBlobLeaseClient('0b2b1a46-6a3c-4c62-8b53-2a3a9bd14a11').acquireLease(-1);
    await refused(
      ['restore', point, disk.url, '--in-place'],
      6,
      /attached to a VM \(infinite lease\)\. Nothing was changed\. Restore to a new blob/,
    );
    await disk.getBlobLeaseClient('0b2b1a46-6a3c-4c62-8b53-2a3a9bd14a11').releaseLease();
    await disk.getBlobLeaseClient('0b2b1a46-6a3c-4c62-8b53-2a3a9bd14a12').acquireLease(60);
    await refused(['restore', point, disk.url, '--in-place'], 6, /somebody else holds its lease\. Nothing was changed\. Wait/);
  });

  it('another disk than the point is of, and one that is not there', async () => {
    const other = await makeDisk(two.disks, `other${disks}.vhd`, 8 * MIB);
    await refused(
      ['restore', point, other.url, '--in-place'],
      6,
      /Recovery point 1 is of .*\. Nothing was changed\. Restore to a new blob instead/,
    );
    const none = two.disks.getPageBlobClient('none.vhd').url;
    await refused(['restore', point, none, '--in-place'], 5, /There is no disk .*none\.vhd .*restore to a new blob instead/);
  });

  it('a target in a container that is missing', async () => {
    const target = `${two.emulator.blobEndpoint(two.diskAccount)}/nothere/x.vhd`;
    await refused(['restore', point, target], 5, /nothere\/x\.vhd: there is no such container/);
  });

  it('a premium target that is there already, with snapshots', async () => {
    const premium = two.disks.getPageBlobClient('x').url.replace(`/${two.diskAccount}/vhds/x`, `/${PREMIUM}/vhds/taken.vhd`);
    const container = BlobServiceClient.fromConnectionString(two.emulator.connectionString(PREMIUM)).getContainerClient('vhds');
    await container.createIfNotExists();
    const taken = await makeDisk(container, 'taken.vhd', MIB);
    await taken.createSnapshot();
    await refused(['restore', point, premium], 6, /taken\.vhd exists already\. Nothing was changed: a restore never writes over a blob/);
    // The service's own word for it, should it come in between.
    const remove = two.emulator.onRequest(({ operation }) =>
      operation === 'PutBlob' ? { kind: 'status', status: 409, code: 'SnapshotsPresent' } : undefined,
    );
    await refused(['restore', point, premium.replace('taken', 'fresh')], 6, /fresh\.vhd: it has snapshots\..*Use a new blob name/);
    remove();
  });

  it('a tier that is too small for the disk, and one that an account does not have', async () => {
    const target = two.disks.getPageBlobClient('tier.vhd').url;
    const remove = two.emulator.onRequest(({ operation }) =>
      operation === 'PutBlob' ? { kind: 'status', status: 409, code: 'BlobTierInadequateForContentLength' } : undefined,
    );
    await refused(['restore', point, target, '--tier', 'P4'], 9, /tier\.vhd: the tier is too small for the disk/);
    remove();
    await refused(['restore', point, target, '--tier', 'P4'], 9, /tier\.vhd: page blobs have no such tier/);
  });

  it('a point whose snapshot somebody deletes while the restore looks at it', async () => {
    const [backup = '', id = ''] = point.split('?snapshot=');
    const name = backup.split('/').at(-1)!;
    for (const kind of ['blob', 'file', 'in place']) {
      const target = kind === 'blob' ? two.disks.getPageBlobClient('late.vhd').url : kind === 'file' ? join(folder, 'late.vhd') : disk.url;
      // The plan lists the pages of the point last; from then on the snapshot is gone.
      let isGone = false;
      const remove = two.emulator.onRequest(({ operation, blob, snapshot }) => {
        if (blob !== name || snapshot !== id) return undefined;
        if (isGone && operation !== 'GetPageRanges') return { kind: 'status', status: 404, code: 'BlobNotFound' };
        isGone ||= operation === 'GetPageRanges';
        return undefined;
      });
      await refused(['restore', point, target, ...(kind === 'in place' ? ['--in-place'] : [])], 5, /there is no such (snapshot|blob)/);
      remove();
    }
    assert.deepEqual(await readdir(folder), []);
  });

  for (const kind of ['blob', 'in place'] as const) {
    it(`a SAS that expires while a restore writes (${kind}): it says so, and goes on with a new one`, async () => {
      const target = kind === 'blob' ? two.disks.getPageBlobClient(`sas-${disks}.vhd`) : disk;
      const before = await bytesOf(disk);
      const command = (hours: number) => [
        'restore',
        point,
        `${target.url}?${sas(two.diskAccount, 'vhds', 'rwcdl', hours)}`,
        ...(kind === 'blob' ? [] : ['--in-place']),
      ];
      const remove = two.emulator.onRequest(({ operation }) => {
        if (operation === 'PutPageFromURL') now += 2 * HOUR;
        return undefined;
      });
      const expired = await run(command(1));
      remove();
      assert.equal(expired.status, 4, expired.stderr);
      assert.match(expired.stderr, /the SAS expired on \d{4}-.*Give a new SAS and run the same command again/);
      assert.equal((await target.getProperties()).metadata?.['pbb_restore'], 'partial');

      const resumed = await run(command(1));
      assert.equal(resumed.status, 0, resumed.stderr);
      assert.ok((await bytesOf(target)).equals(truth));
      if (kind === 'blob') return;
      const { safetySnapshot } = JSON.parse(resumed.stdout.trim().split('\n').at(-1)!) as { safetySnapshot: string };
      assert.ok((await bytesOf(disk.withSnapshot(safetySnapshot))).equals(before));
    });
  }

  it('a disk of this machine that gets full in the middle: nothing has the name, and the same command goes on', async () => {
    const path = join(folder, 'full.vhd');
    let room = 1;
    const open: FileSystem['open'] = async (...args) => {
      const file = await fileSystem.open(...args);
      if (!String(args[0]).endsWith('.partial')) return file;
      const write = async (...what: unknown[]) => {
        if (room-- <= 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        return (file.write as (...all: unknown[]) => Promise<unknown>).apply(file, what);
      };
      return new Proxy<FileHandle>(file, {
        get: (of, key) => {
          if (key === 'write') return write;
          const value: unknown = Reflect.get(of, key);
          return typeof value === 'function' ? (value as () => unknown).bind(of) : value;
        },
      });
    };
    const full = await run(['restore', point, path], { ...fileSystem, open });
    assert.equal(full.status, 2, full.stderr);
    assert.match(full.stderr, /full\.vhd\.partial.*(no space|is full)/i);
    assert.deepEqual(await readdir(folder), ['full.vhd.partial', 'full.vhd.partial.json']);
    const resumed = await run(['restore', point, path]);
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.ok((await readFile(path)).equals(truth));
  });
});

/** Where a restored blob came from and when is written on it, for people and for the next look; no secret ever is. */
describe('the record on a restored blob', () => {
  let two: TwoAccounts;
  before(async () => void (two = await startTwoAccounts()));
  after(() => two.close());

  for (const transfer of ['server', 'relay']) {
    it(`${transfer}: names the point and the time, survives backups and snapshots, and holds no secret, nor does anything sent or said`, async () => {
      const name = `record-${transfer}.vhd`;
      const disk = await makeDisk(two.disks, name, 2 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
      const signed = (url: string, account: string, container: string) => {
        const sas = two.emulator.sas(account, { container, permissions: 'rwcdl', expiresOn: new Date(Date.now() + HOUR) });
        return `${url}${url.includes('?') ? '&' : '?'}${sas}`;
      };
      const onDisks = (url: string) => signed(url, two.diskAccount, 'vhds');
      const onBackups = (url: string) => signed(url, two.backupAccount, 'backups');
      const sent: string[] = [];
      const remove = two.emulator.onRequest(({ headers, body, operation }) => {
        sent.push(...Object.entries(headers).flatMap(([key, value]) => (key.startsWith('x-ms-meta-') ? [value] : [])));
        if (operation === 'PutBlob') sent.push(String(body));
        return undefined;
      });
      const run = async (...args: string[]) => {
        const stdout = new PassThrough();
        let stderr = '';
        const stream = { write: (text: string) => (stderr += text) };
        const { signal } = new AbortController();
        const outside = { env: {}, stdout, stderr: stream, world: systemWorld, files: fileSystem, signal };
        const status = await runCli([...args, '--json', '--verbose'], outside);
        const text = String(stdout.read() ?? '');
        assert.equal(status, 0, stderr);
        sent.push(stderr, text);
        return JSON.parse(text.trim().split('\n').at(-1)!) as Readonly<Record<string, string>>;
      };

      const backup = two.backups.getPageBlobClient(name).url;
      const { recoveryPoint } = await run('backup', onDisks(disk.url), onBackups(backup));
      await writeBytes(disk, { offset: 0, length: 512, fill: 2 });
      const point = `${backup}?snapshot=${recoveryPoint}`;
      const target = two.disks.getPageBlobClient(`restored-${name}`);
      const began = Date.now();
      await run('restore', onBackups(point), onDisks(target.url), '--transfer', transfer);
      const continued = two.disks.getPageBlobClient(`continued-${name}`);
      const newBackup = onBackups(two.backups.getPageBlobClient(`continued-${name}`).url);
      await run('restore', onBackups(point), onDisks(continued.url), '--continue-chain', '--new-backup', newBackup, '--transfer', transfer);
      await run('restore', onBackups(point), onDisks(disk.url), '--in-place', '--transfer', transfer);
      const ended = Date.now();

      const marks = async (blob: PageBlobClient) => (await blob.getProperties()).metadata ?? {};
      const first = await marks(target);
      for (const blob of [target, continued, disk]) {
        const { pbb_restore, pbb_restored_from, pbb_restored_on = '', ...rest } = await marks(blob);
        assert.deepEqual([pbb_restore, pbb_restored_from, rest], ['complete', point, {}]);
        const at = Date.parse(pbb_restored_on);
        assert.equal(new Date(at).toISOString(), pbb_restored_on);
        assert.ok(at >= began && at <= ended, pbb_restored_on);
      }
      await run('backup', onDisks(target.url), onBackups(`${backup}2`));
      const snapshot = target.withSnapshot((await target.createSnapshot()).snapshot!);
      assert.deepEqual(await marks(target), first);
      assert.deepEqual(await marks(snapshot), first);
      remove();
      assert.ok(sent.length > 20 && sent.some((text) => text.includes(point)));
      for (const text of sent) assert.doesNotMatch(text, /[?&]sig=(?!\[)(?!REDACTED)(?!\*)[^&\s"]{8}/i);
    });
  }
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { runCli } from '../../../src/cli/runCli.ts';
import { fileSystem, type FileSystem } from '../../../src/files/fileSystem.ts';
import { systemWorld } from '../../../src/files/systemWorld.ts';
import type { RequestHook } from '../../support/emulator/emulator.ts';
import { makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../../support/twoAccounts.ts';

/** What the reader of a terminal sees of each class of failure. After a change of words: PBB_GOLDEN=write, and read the file through. */
const GOLDEN = join(import.meta.dirname, 'messages.txt');
const MIB = 1024 * 1024;
const HOUR = 3_600_000;

interface Failure {
  readonly what: string;
  /** The command line, made ready for its failure. */
  readonly given: () => readonly string[] | Promise<readonly string[]>;
  readonly env?: Readonly<Record<string, string>>;
  readonly hook?: RequestHook;
  readonly files?: FileSystem;
  readonly stopped?: true;
  /** Puts back what `given` has turned. */
  readonly afterwards?: () => void | Promise<void>;
}

describe('exit status and words of each class of failure', () => {
  let two: TwoAccounts;
  let disk: PageBlobClient;
  let folder: string;
  let point: string;
  const backupUrl = (name = 'disk.vhd'): string => two.backups.getPageBlobClient(name).url;
  const pointUrl = (): string => `${backupUrl()}?snapshot=${point}`;
  const sas = (permissions: string, hours = 1): string =>
    two.emulator.sas(two.diskAccount, { container: 'vhds', permissions, expiresOn: new Date(Date.now() + hours * HOUR) });
  const always =
    (operation: string, status: number, code: string): RequestHook =>
    (info) =>
      info.operation === operation ? { kind: 'status', status, code } : undefined;

  before(async () => {
    two = await startTwoAccounts();
    folder = await mkdtemp(join(tmpdir(), 'pbb-words-'));
    disk = await makeDisk(two.disks, 'disk.vhd', 8 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    const made = await run(['backup', disk.url, backupUrl(), '--json'], {});
    assert.equal(made.status, 0, made.text);
    point = made.point;
    await two.disks.getBlockBlobClient('notes.txt').upload('text', 4);
    await makeDisk(two.backups, 'strange.vhd', 8 * MIB, [{ offset: 0, length: 512, fill: 3 }]);
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });

  async function run(args: readonly string[], { env, hook, files = fileSystem, stopped }: Partial<Failure>) {
    const remove = hook && two.emulator.onRequest(hook);
    const stdout = new PassThrough();
    let text = '';
    const stop = new AbortController();
    // Waits between tries take no time: what is read here is what the last one says.
    const world = { ...systemWorld, sleep: (_ms: number, signal?: AbortSignal) => systemWorld.sleep(0, signal) };
    const seen = stopped && two.emulator.onRequest(({ operation }) => void (operation === 'SnapshotBlob' && stop.abort()));
    const stderr = { write: (part: string) => (text += part) };
    const status = await runCli(args, { env: env ?? two.env, stdout, stderr, world, files, signal: stop.signal });
    remove?.();
    seen?.();
    const [last = '{}'] = String(stdout.read() ?? '')
      .trim()
      .split('\n')
      .slice(-1);
    return { status, text, point: args.includes('--json') ? String((JSON.parse(last) as { recoveryPoint?: string }).recoveryPoint) : '' };
  }

  /** Without what differs from one run to the next. */
  function plain(text: string): string {
    return text
      .replaceAll(two.emulator.blobEndpoint(two.diskAccount), 'https://disks')
      .replaceAll(two.emulator.blobEndpoint(two.backupAccount), 'https://backups')
      .replaceAll(folder, '/home/me')
      .replaceAll(/127\.0\.0\.1:\d+/g, 'host')
      .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?( UTC)?/g, '<time>')
      .replaceAll(/\d+(\.\d+)? (s|ms|min)\b/g, '<n> $2')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
      .split('\n')
      .map((line) => line.trimEnd())
      .filter(
        (line) => line !== '' && !/^ (preparing|listing|copying|proving|comparing|committing|cleaning|retry|snapshot|changes)\b/.test(line),
      )
      .join('\n');
  }

  const failures: readonly Failure[] = [
    { what: 'no command that there is', given: () => ['bakup'] },
    { what: 'an operand is missing', given: () => ['backup', disk.url] },
    { what: 'an option that there is not', given: () => ['points', backupUrl(), '--newest'] },
    { what: 'not a URL', given: () => ['backup', 'disk.vhd', backupUrl()] },
    { what: 'a block blob as the disk', given: () => ['backup', two.disks.getBlobClient('notes.txt').url, backupUrl('new.vhd')] },
    { what: 'source and backup are one blob', given: () => ['backup', disk.url, disk.url] },
    {
      what: 'no room on this machine',
      given: () => ['restore', pointUrl(), join(folder, 'disk.vhd')],
      files: {
        ...fileSystem,
        statfs: (async (...args: Parameters<FileSystem['statfs']>) =>
          Object.assign(await fileSystem.statfs(...args), { bavail: 1, bsize: 512 })) as FileSystem['statfs'],
      },
    },
    { what: 'a folder that is not there', given: () => ['restore', pointUrl(), join(folder, 'nowhere', 'disk.vhd')] },
    {
      what: 'stopped by Ctrl-C',
      given: async () => {
        await writeBytes(disk, { offset: 4096, length: 512, fill: 5 });
        return ['backup', disk.url, backupUrl()];
      },
      stopped: true,
    },
    { what: 'no sign-in is known', given: () => ['points', backupUrl()], env: {} },
    { what: 'a wrong key', given: () => ['points', backupUrl()], hook: always('ListBlobs', 403, 'AuthenticationFailed') },
    { what: 'a role is missing', given: () => ['points', backupUrl()], hook: always('ListBlobs', 403, 'AuthorizationPermissionMismatch') },
    { what: 'a firewall', given: () => ['points', backupUrl()], hook: always('ListBlobs', 403, 'AuthorizationFailure') },
    { what: 'a SAS that has expired', given: () => ['backup', `${disk.url}?${sas('rlw', -1)}`, backupUrl()] },
    { what: 'a SAS that lacks a permission', given: () => ['backup', `${disk.url}?${sas('l')}`, backupUrl()] },
    { what: 'the disk is not there', given: () => ['backup', two.disks.getBlobClient('none.vhd').url, backupUrl('new.vhd')] },
    { what: 'no recovery point there', given: () => ['points', backupUrl('none.vhd')] },
    {
      what: 'the snapshot is not there',
      given: () => ['restore', `${backupUrl()}?snapshot=2020-01-01T00:00:00.0000000Z`, join(folder, 'x.vhd')],
    },
    { what: 'the backup blob holds something else', given: () => ['backup', disk.url, backupUrl('strange.vhd')] },
    {
      what: 'another disk for the same backup',
      given: async () => ['backup', (await makeDisk(two.disks, 'other.vhd', 8 * MIB)).url, backupUrl()],
    },
    {
      what: 'another run is at work',
      given: async () => {
        // The run that was stopped has left its lease to run out.
        const lease = two.backups.getPageBlobClient('disk.vhd').getBlobLeaseClient('11111111-2222-4333-8444-555555555555');
        await lease.breakLease(0);
        await lease.acquireLease(60);
        return ['backup', disk.url, backupUrl()];
      },
      afterwards: async () => {
        await two.backups.getPageBlobClient('disk.vhd').getBlobLeaseClient('11111111-2222-4333-8444-555555555555').releaseLease();
      },
    },
    {
      what: 'the disk is attached to a VM, and is to be rewound',
      given: async () => {
        await disk.getBlobLeaseClient('11111111-2222-4333-8444-666666666666').acquireLease(-1);
        return ['restore', pointUrl(), disk.url, '--in-place'];
      },
      afterwards: async () => {
        await disk.getBlobLeaseClient('11111111-2222-4333-8444-666666666666').releaseLease();
      },
    },
    { what: 'the target of a restore is there', given: () => ['restore', pointUrl(), two.disks.getBlobClient('other.vhd').url] },
    {
      what: 'a file is there',
      given: async () => {
        await writeFile(join(folder, 'there.vhd'), 'mine');
        return ['restore', pointUrl(), join(folder, 'there.vhd')];
      },
    },
    {
      what: 'too many snapshots',
      given: () => ['backup', disk.url, backupUrl()],
      hook: always('SnapshotBlob', 409, 'SnapshotCountExceeded'),
    },
    {
      what: 'a policy forbids writing',
      given: () => ['backup', disk.url, backupUrl('worm.vhd'), '--transfer', 'relay'],
      hook: always('PutPage', 409, 'BlobImmutableDueToPolicy'),
    },
    {
      what: 'a point that was damaged is verified',
      given: async () => {
        const { snapshot } = await disk.createSnapshot();
        const record = two.backups.getBlockBlobClient('disk.vhd.chain/000001.json');
        const entry = JSON.parse(String(await record.downloadToBuffer())) as { source: object };
        const forged = JSON.stringify({ ...entry, source: { ...entry.source, snapshot } });
        await record.upload(forged, forged.length);
        return ['verify', backupUrl()];
      },
    },
    { what: 'every chain of a container is verified, and one has a wrong point', given: () => ['verify', two.backups.url, '--all'] },
    { what: 'every chain is to be verified where there is none', given: () => ['verify', two.disks.url, '--all'] },
    { what: 'a point that was found wrong is restored', given: () => ['restore', pointUrl(), join(folder, 'wrong.vhd')] },
    { what: 'the service is busy', given: () => ['points', backupUrl()], hook: always('ListBlobs', 503, 'ServerBusy') },
    { what: 'the service keeps failing', given: () => ['points', backupUrl()], hook: always('ListBlobs', 500, 'InternalError') },
    {
      what: 'the connection breaks',
      given: () => ['points', backupUrl()],
      hook: ({ operation }) => (operation === 'ListBlobs' ? { kind: 'drop' } : undefined),
    },
    {
      what: 'answers are cut short',
      given: () => ['diff', disk.url, pointUrl()],
      hook: ({ operation }) => (operation === 'GetPageRanges' ? { kind: 'truncateAnswer', bytes: 90, cleanly: true } : undefined),
    },
    {
      what: 'the endpoint lacks an operation',
      given: () => ['backup', disk.url, backupUrl('new2.vhd'), '--transfer', 'server'],
      hook: always('PutPageFromURL', 501, 'NotImplemented'),
    },
    { what: 'an answer that nobody expected', given: () => ['points', backupUrl()], hook: always('ListBlobs', 418, 'Teapot') },
  ];

  it('are those of the golden file', async () => {
    const parts: string[] = [];
    for (const { what, given, afterwards, ...how } of failures) {
      const args = await given();
      const { status, text } = await run(args, how);
      await afterwards?.();
      assert.notEqual(status, 0, what);
      assert.doesNotMatch(text, /sig=|AccountKey|    at /, what);
      parts.push(
        `## ${what}\n$ page-blob-backup ${plain(args.join(' ')).replaceAll(/\?s[a-z]+=[^ ]+/g, '?<sas>')}\n${plain(text)}\nexit ${status}\n`,
      );
    }
    const seen = parts.join('\n');
    if (process.env['PBB_GOLDEN'] === 'write') {
      await mkdir(import.meta.dirname, { recursive: true });
      await writeFile(GOLDEN, seen);
    }
    assert.equal(seen, await readFile(GOLDEN, 'utf8'));
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { runCliProcess, type CliOptions, type CliRun } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const LENGTH = 192 * MIB;

/** Sends one Ctrl-C as soon as some of the pages are copied. */
function stopWhileCopying(): NonNullable<CliOptions['onStdout']> {
  let isSent = false;
  return (all, child) => {
    const copied = [...all.matchAll(/"phase":"copying","done":(\d+)/g)].map(([, done]) => Number(done));
    if (isSent || !copied.some((done) => done > 8 * MIB)) return;
    isSent = child.kill('SIGINT');
  };
}

describe('a command that is stopped by Ctrl-C', () => {
  let two: TwoAccounts;
  let disk: PageBlobClient;
  let truth: Buffer;
  let backupUrl: string;
  let folder: string;
  const run = (args: readonly string[], options: CliOptions = {}): Promise<CliRun> => runCliProcess(args, { env: two.env, ...options });
  const slowly = () =>
    two.emulator.onRequest(({ operation }) =>
      operation.includes('Page') || operation === 'GetBlob' ? { kind: 'delay', ms: 60 } : undefined,
    );

  before(async () => {
    two = await startTwoAccounts();
    disk = await makeDisk(two.disks, 'disk.vhd', LENGTH, [{ offset: 0, length: LENGTH, fill: 5 }]);
    backupUrl = two.backups.getPageBlobClient('disk.vhd').url;
    folder = await mkdtemp(join(tmpdir(), 'pbb-stop-'));
    truth = await bytesOf(disk);
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });

  it('ends a backup with 3, and the same command goes on from there', async () => {
    const command = ['backup', disk.url, backupUrl, '--transfer', 'relay', '--json'];
    const fast = slowly();
    const stopped = await run(command, { onStdout: stopWhileCopying() });
    fast();
    assert.equal(stopped.status, 3, stopped.stderr);
    assert.equal(stopped.last['code'], 'cancelled');
    assert.match(
      stopped.stderr,
      /Stopping: .*\n.*Stopped before the end\. The disk and all recovery points are as they were\. Run the same command again/s,
    );
    assert.doesNotMatch(stopped.stderr, /^ {4}at /m);
    const none = await run(['points', backupUrl, '--json']);
    assert.deepEqual(none.last['points'], []);

    // What changes in between is not of this point: it shows the disk as it was when the run began.
    await disk.uploadPages(Buffer.alloc(512, 9), 0, 512);
    two.emulator.resetCounts();
    const resumed = await run(command);
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.equal(resumed.last['resumed'], true);
    assert.match(
      resumed.stderr,
      /\nThis point shows the disk as it was when the interrupted run began \(\d{4}-[^)]+Z\)\. Run the command again for what changed since\.\n$/,
    );
    assert.ok(two.emulator.counts.pages.put < LENGTH, 'pages that were there are not copied again');
    const point = two.backups.getPageBlobClient('disk.vhd').withSnapshot(String(resumed.last['recoveryPoint']));
    assert.ok((await bytesOf(point)).equals(truth));
  });

  it('ends a restore to a file with 3, leaves no file of that name, and goes on', async () => {
    const path = join(folder, 'disk.vhd');
    const [newest] = (await run(['points', backupUrl, '--json'])).last['points'] as { recoveryPoint: string }[];
    const command = ['restore', `${backupUrl}?snapshot=${newest!.recoveryPoint}`, path, '--json'];
    const fast = slowly();
    const stopped = await run(command, { onStdout: stopWhileCopying() });
    fast();
    assert.equal(stopped.status, 3, stopped.stderr);
    assert.deepEqual(await readdir(folder), ['disk.vhd.partial', 'disk.vhd.partial.json']);
    const resumed = await run(command);
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.ok((await readFile(path)).equals(truth));
    assert.deepEqual(await readdir(folder), ['disk.vhd']);
  });

  it('ends a restore to a blob with 3, leaves it marked as partial, and goes on', async () => {
    const target = two.disks.getPageBlobClient('restored.vhd');
    const [newest] = (await run(['points', backupUrl, '--json'])).last['points'] as { recoveryPoint: string }[];
    const command = ['restore', `${backupUrl}?snapshot=${newest!.recoveryPoint}`, target.url, '--transfer', 'server', '--json'];
    const fast = slowly();
    const stopped = await run(command, { onStdout: stopWhileCopying() });
    fast();
    assert.equal(stopped.status, 3, stopped.stderr);
    assert.equal((await target.getProperties()).metadata?.['pbb_restore'], 'partial');
    const resumed = await run(command);
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.ok((await bytesOf(target)).equals(truth));
    assert.equal((await target.getProperties()).metadata?.['pbb_restore'], 'complete');
  });

  it('leaves at once at the second Ctrl-C', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
    let sent = false;
    // What the stop itself sends is never answered.
    const remove = two.emulator.onRequest(() => (sent ? held : undefined));
    const began = Date.now();
    const { status } = await run(['backup', disk.url, `${backupUrl}2`, '--json'], {
      onStdout: (all, child) => {
        if (sent || !all.includes('"phase":"listing"')) return;
        sent = true;
        child.kill('SIGINT');
        setTimeout(() => child.kill('SIGINT'), 600);
      },
    });
    remove();
    release();
    assert.equal(status, 3);
    const took = Date.now() - began;
    assert.ok(took > 600 && took < 20_000, `took ${took} ms`);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { runCliProcess, type CliOptions, type CliRun } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const LENGTH = 64 * MIB;

/** Sends one Ctrl-C as soon as some of the pages are written back. */
function stopWhileCopying(): NonNullable<CliOptions['onStdout']> {
  let isSent = false;
  return (all, child) => {
    const copied = [...all.matchAll(/"phase":"copying","done":(\d+)/g)].map(([, done]) => Number(done));
    if (isSent || !copied.some((done) => done > 0)) return;
    isSent = child.kill('SIGINT');
  };
}

/** One story: a disk is taken back in place, stopped and gone on with, and backed up again. Each test goes on from the one before. */
describe('restore --in-place', () => {
  let two: TwoAccounts;
  let disk: PageBlobClient;
  let backupUrl: string;
  let createdOn: Date | undefined;
  const points: string[] = [];
  const truths: Buffer[] = [];
  const run = (args: readonly string[], options: CliOptions = {}): Promise<CliRun> => runCliProcess(args, { env: two.env, ...options });
  const rewind = (i: number, ...more: string[]): Promise<CliRun> =>
    run(['restore', `${backupUrl}?snapshot=${points[i]}`, disk.url, '--in-place', '--json', ...more]);
  const snapshotsOfDisk = (): string[] => two.emulator.store.snapshots({ account: two.diskAccount, container: 'vhds', blob: 'disk.vhd' });
  const backUp = async (): Promise<CliRun> => {
    truths.push(await bytesOf(disk));
    const done = await run(['backup', disk.url, backupUrl, '--json']);
    assert.equal(done.status, 0, done.stderr);
    points.push(String(done.last['recoveryPoint']));
    return done;
  };

  before(async () => {
    two = await startTwoAccounts();
    disk = await makeDisk(two.disks, 'disk.vhd', LENGTH, [{ offset: 0, length: LENGTH, fill: 1 }]);
    backupUrl = two.backups.getPageBlobClient('disk.vhd').url;
    await backUp();
    await writeBytes(disk, { offset: 8 * MIB, length: 512 * 1024, fill: 2 });
    await backUp();
    await writeBytes(disk, { offset: 40 * MIB, length: 128 * 1024, fill: 3 });
    await disk.clearPages(50 * MIB, MIB);
    ({ createdOn } = await disk.getProperties());
  });
  after(() => two.close());

  it('shows what it would do, and changes nothing', async () => {
    const before = await bytesOf(disk);
    const { status, last, stderr } = await rewind(0, '--dry-run');
    assert.equal(status, 0, stderr);
    const { type, job, number, by, estimate, resumes } = last as Record<string, Record<string, unknown>>;
    assert.deepEqual([type, job, number, by, resumes], ['plan', 'rewind', 1, 'difference', false]);
    assert.equal(estimate!['written'], (512 + 128 + 1024) * 1024);
    assert.match(stderr, /^ disk {7}.*disk\.vhd \(written in place\)$/m);
    assert.match(stderr, /^ warning {4}The disk is written in place\. A snapshot of it as it is now is taken first and stays\.$/m);
    assert.match(stderr, /Nothing was changed: this was a dry run\./);
    assert.equal(snapshotsOfDisk().length, 1);
    assert.ok((await bytesOf(disk)).equals(before));
  });

  it('writes back just what differs, keeps the blob, and names the snapshot of what it was', async () => {
    const before = await bytesOf(disk);
    two.emulator.resetCounts();
    const { status, last, stderr } = await rewind(0);
    assert.equal(status, 0, stderr);
    const moved = (512 + 128 + 1024) * 1024;
    assert.deepEqual(
      [
        last['type'],
        last['job'],
        last['number'],
        last['recoveryPoint'],
        last['disk'],
        last['written'],
        last['cleared'],
        last['transferred'],
      ],
      ['result', 'rewind', 1, points[0], disk.url, moved, 0, moved],
    );
    assert.equal(two.emulator.counts.pages.putFromUrl, moved, 'about 2 % of the disk, and none through this machine');
    assert.equal(two.emulator.counts.pages.put, 0);
    assert.equal(last['requests'], two.emulator.counts.requests);
    assert.ok((await bytesOf(disk)).equals(truths[0]!));
    const safety = String(last['safetySnapshot']);
    assert.ok((await bytesOf(disk.withSnapshot(safety))).equals(before));
    assert.ok(stderr.includes(` before     ${disk.url}?snapshot=${safety}\n`), stderr);
    assert.match(stderr, /^Restored .*disk\.vhd in place to recovery point 000001, /m);
    assert.deepEqual((await disk.getProperties()).createdOn, createdOn);
    assert.equal(snapshotsOfDisk().length, 2, 'the anchor and the safety snapshot');
  });

  it('the chain goes on: the next backup is incremental and small', async () => {
    const { last } = await backUp();
    assert.deepEqual([last['kind'], last['number'], last['written']], ['incremental', 3, (512 + 128 + 1024) * 1024]);
    assert.equal((await run(['verify', backupUrl, '--proof', 'full'])).status, 0);
  });

  it('ends with 3 when it is stopped, is no disk to back up then, and the same command ends right with one safety snapshot', async () => {
    // Many small places, so that it is stopped between two of them.
    for (let i = 0; i < 200; i++) await writeBytes(disk, { offset: i * 256 * 1024, length: 512, fill: 5 });
    const before = await bytesOf(disk);
    const had = new Set(snapshotsOfDisk());
    const command = ['restore', `${backupUrl}?snapshot=${points[1]}`, disk.url, '--in-place', '--transfer', 'relay', '--json'];
    const fast = two.emulator.onRequest(({ operation }) => (operation === 'PutPage' ? { kind: 'delay', ms: 60 } : undefined));
    const stopped = await run(command, { onStdout: stopWhileCopying() });
    fast();
    assert.equal(stopped.status, 3, stopped.stderr);
    assert.match(stopped.stderr, /^ note {7}The disk as it was before is its snapshot \d{4}-/m);
    assert.match(stopped.stderr, /The recovery point is as it was; the target is marked as partial.* Run the same command again/);
    const refused = await run(['backup', disk.url, backupUrl]);
    assert.equal(refused.status, 6);
    assert.match(refused.stderr, /A restore into .*disk\.vhd is not finished, so it is no disk yet/);
    assert.match((await rewind(0, '--dry-run')).stderr, /half way to another recovery point, .* It goes to this one instead/);
    assert.match((await rewind(1, '--dry-run')).stderr, /goes on with an interrupted restore/);

    const resumed = await run(command);
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.ok((await bytesOf(disk)).equals(truths[1]!));
    const taken = snapshotsOfDisk().filter((id) => !had.has(id));
    assert.deepEqual(taken, [resumed.last['safetySnapshot']]);
    assert.ok((await bytesOf(disk.withSnapshot(taken[0]!))).equals(before));
    assert.equal((await disk.getProperties()).metadata?.['pbb_restore'], 'complete');
  });

  it('needs no more permissions than the table in README.md asks for', async () => {
    const expiresOn = new Date(Date.now() + 3_600_000);
    const reading = two.emulator.sas(two.backupAccount, { container: 'backups', permissions: 'rl', expiresOn });
    for (const permissions of ['rcw', 'rcwd']) {
      await writeBytes(disk, { offset: 5 * MIB, length: 512, fill: 6 });
      const had = snapshotsOfDisk().length;
      const sas = two.emulator.sas(two.diskAccount, { container: 'vhds', permissions, expiresOn });
      const args = ['restore', `${backupUrl}?snapshot=${points[0]}&${reading}`, `${disk.url}?${sas}`, '--in-place'];
      const { status, stderr } = await run(args, { env: {} });
      assert.equal(status, 0, stderr);
      assert.ok((await bytesOf(disk)).equals(truths[0]!));
      assert.equal(snapshotsOfDisk().length - had, permissions === 'rcw' ? 2 : 1, 'what may not be deleted is left, and told');
      assert.equal(/^ warning .*could not be deleted/m.test(stderr), permissions === 'rcw', stderr);
    }
  });
});

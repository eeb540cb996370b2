import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;

describe('hold and prune on the command line', () => {
  let two: TwoAccounts;
  let disk: PageBlobClient;
  let backup: string;
  const ids: string[] = [];
  const run = (...args: string[]): Promise<CliRun> => runCliProcess([...args, '--json'], { env: two.env });

  before(async () => {
    two = await startTwoAccounts();
    disk = await makeDisk(two.disks, 'disk.vhd', 8 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    backup = two.backups.getPageBlobClient('disk.vhd').url;
    for (let fill = 2; fill < 6; fill++) {
      await writeBytes(disk, { offset: 4 * MIB, length: 4096, fill });
      const { last, stderr } = await run('backup', disk.url, backup);
      assert.equal(last['type'], 'result', stderr);
      ids.push(String(last['recoveryPoint']));
    }
  });
  after(() => two.close());

  it('explains every point and what its deletion frees, and changes nothing with --dry-run', async () => {
    const { status, last, stderr } = await run('prune', backup, '--keep-last', '1', '--dry-run');
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      (last['points'] as { number: number; action: string }[]).map(({ number, action }) => `${number} ${action}`),
      ['4 keep', '3 delete', '2 delete', '1 delete'],
    );
    assert.equal(last['freed'], 3 * 4096);
    assert.match(stderr, /000003 {2}\S+ {2}delete {2}one newer point is kept \(frees 4 KiB\)\n/);
    assert.match(stderr, /1 point to keep, 3 to delete, which frees 12 KiB\.\nNothing was changed: this was a dry run\.\n$/);
    assert.equal(((await run('points', backup)).last['points'] as unknown[]).length, 4);
  });

  it('holds a point, deletes the others, and lists what is held and how many were pruned', async () => {
    const held = await run('hold', `${backup}?snapshot=${ids[1]!}`);
    assert.equal(held.status, 0, held.stderr);
    assert.deepEqual([held.last['number'], held.last['held']], [2, true]);
    const pruned = await run('prune', backup, '--keep-last=1', '--time-zone', 'Europe/Berlin');
    assert.equal(pruned.status, 0, pruned.stderr);
    assert.deepEqual(
      (pruned.last['deleted'] as { recoveryPoint: string }[]).map(({ recoveryPoint }) => recoveryPoint),
      [ids[0], ids[2]],
    );
    const { last, stderr } = await run('points', backup);
    assert.deepEqual(last['pruned'], [1, 3]);
    assert.match(stderr, /000002 .* held\n2 earlier points were pruned/);
    const point = two.backups.getPageBlobClient('disk.vhd').withSnapshot(ids[3]!);
    assert.ok((await bytesOf(point)).equals(await bytesOf(disk)));
    const gone = await run('restore', `${backup}?snapshot=${ids[0]!}`, two.disks.getPageBlobClient('restored.vhd').url);
    assert.equal(gone.status, 5);
    assert.match(gone.stderr, /Recovery point 1 was pruned/);
    const released = await run('hold', `${backup}?snapshot=${ids[1]!}`, '--release');
    assert.deepEqual([released.status, released.last['held']], [0, false]);
  });

  it('tells a refusal with its exit status, and the point stays', async () => {
    const sas = new URL(backup);
    const expiresOn = new Date(Date.now() + 3_600_000);
    sas.search = two.emulator.sas(two.backupAccount, { container: 'backups', permissions: 'rcwl', expiresOn });
    const { status, last, stderr } = await runCliProcess(['prune', sas.href, '--keep-last', '1', '--json'], { env: two.env });
    assert.equal(status, 4, stderr);
    assert.deepEqual([(last['refused'] as unknown[]).length, last['deleted']], [1, []]);
    assert.doesNotMatch(stderr, /sig=/);
    assert.equal(((await run('points', backup)).last['points'] as unknown[]).length, 2);
  });

  it('wants a rule, and a zone that is there', async () => {
    for (const args of [[], ['--keep-last', '0'], ['--keep-last', '-1'], ['--keep-last', '1', '--time-zone', 'Nowhere']]) {
      const { status } = await run('prune', backup, ...args);
      assert.equal(status, 2, args.join(' '));
    }
  });
});

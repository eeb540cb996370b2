import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const HOUR = 3_600_000;

/** Chains of which something is damaged, gone, out of reach or in another place: what is left can still be used. */
describe('the command line on a chain in trouble', () => {
  let two: TwoAccounts;
  let folder: string;
  let count = 0;
  const run = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env: two.env });
  const recordOf = (name: string, number: number) => two.backups.getBlockBlobClient(`${name}.chain/00000${number}.json`);

  before(async () => {
    two = await startTwoAccounts();
    folder = await mkdtemp(join(tmpdir(), 'pbb-trouble-'));
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });

  async function chainOfThree(...options: string[]) {
    const name = `disk${++count}.vhd`;
    const disk = await makeDisk(two.disks, name, 8 * MIB);
    const backup = two.backups.getPageBlobClient(name).url;
    const points: string[] = [];
    const truths: Buffer[] = [];
    for (let fill = 1; fill <= 3; fill++) {
      await writeBytes(disk, { offset: fill * MIB, length: 512, fill });
      truths.push(await bytesOf(disk));
      const { status, last, stderr } = await run('backup', disk.url, backup, '--keep-source-snapshots', '9', '--json', ...options);
      assert.equal(status, 0, stderr);
      points.push(`${backup}?snapshot=${String(last['recoveryPoint'])}`);
    }
    return { name, disk, backup, points, truths };
  }

  /** The record claims to equal a later state of the disk than the snapshot shows. */
  async function forge(name: string, number: number, disk: PageBlobClient): Promise<void> {
    await writeBytes(disk, { offset: 0, length: 512, fill: 0xee });
    const { snapshot } = await disk.createSnapshot();
    const entry = JSON.parse(String(await recordOf(name, number).downloadToBuffer())) as { source: object };
    const forged = JSON.stringify({ ...entry, source: { ...entry.source, snapshot } });
    await recordOf(name, number).upload(forged, forged.length);
  }

  it('restores a point that was found wrong with --even-if-failed only, and says so', async () => {
    const { name, disk, backup, points, truths } = await chainOfThree();
    await forge(name, 3, disk);
    const found = await run('verify', backup);
    assert.equal(found.status, 7);
    assert.match(found.stderr, /What to do: run the backup\. It compares the whole disk .* makes a right point\./);
    const path = join(folder, 'wrong.vhd');
    const refused = await run('restore', points[2]!, path);
    assert.equal(refused.status, 7);
    assert.match(refused.stderr, /found wrong by a later verification\..*--even-if-failed/);
    const restored = await run('restore', points[2]!, path, '--even-if-failed', '--json');
    assert.equal(restored.status, 0, restored.stderr);
    assert.match(restored.stderr, /^ warning {4}Recovery point 3 was found wrong by a later verification, and is restored as it is/m);
    assert.ok(restored.objects.some(({ type, code }) => type === 'warning' && code === 'pointFailed'));
    assert.ok((await readFile(path)).equals(truths[2]!));
  });

  it('verifies with access that may only read: verdicts and status are the same, nothing is recorded', async () => {
    const { name, disk, backup } = await chainOfThree();
    await forge(name, 2, disk);
    const before = two.emulator.store.blobs(two.backupAccount, 'backups');
    const sas = two.emulator.sas(two.backupAccount, {
      container: 'backups',
      permissions: 'rl',
      expiresOn: new Date(Date.now() + HOUR),
    });
    const bad = await run('verify', `${backup}?${sas}`, '--json');
    assert.equal(bad.status, 7, bad.stderr);
    const verdicts = bad.last['verdicts'] as { verdict: string }[];
    assert.deepEqual(
      verdicts.map(({ verdict }) => verdict),
      ['passed', 'failed', 'passed'],
    );
    assert.match(bad.stderr, /^ warning {4}What is found cannot be recorded beside the backup: .*the SAS lacks permission/m);
    assert.match(
      bad.stderr,
      /1 recovery point of 3 failed\..* the next backup does not know of it\.\nWhat to do: run verify again with a sign-in that may write/,
    );
    assert.equal((await run('verify', `${backup}?${sas}`, '--point', '1')).status, 0);
    assert.deepEqual(two.emulator.store.blobs(two.backupAccount, 'backups'), before);
  });

  it('uses every point but the one whose record is damaged', async () => {
    const { name, disk, backup, points, truths } = await chainOfThree();
    await recordOf(name, 2).upload('{"format":2}', 12);
    const listed = await run('points', backup, '--json');
    assert.equal(listed.status, 0, listed.stderr);
    assert.match(listed.stderr, /2 recovery points of .*\n 000002 {2}record cannot be read\. .*plain JSON beside the backup blob/s);
    assert.deepEqual(
      (listed.last['unreadable'] as { number: number }[]).map(({ number }) => number),
      [2],
    );
    const verified = await run('verify', backup);
    assert.equal(verified.status, 7);
    assert.match(verified.stderr, /^ failed {5}000002 {2}record cannot be read\. .*it is damaged or was written by a later version/m);
    const path = join(folder, 'other.vhd');
    const restored = await run('restore', points[0]!, path);
    assert.equal(restored.status, 0, restored.stderr);
    assert.ok((await readFile(path)).equals(truths[0]!));
    await writeBytes(disk, { offset: 0, length: 512, fill: 9 });
    assert.equal((await run('backup', disk.url, backup)).status, 0);
    await recordOf(name, 4).upload('{"format":2}', 12);
    assert.equal((await run('backup', disk.url, backup)).status, 7, 'nothing is built on what cannot be read');
  });

  it('says where to look when the catalogue lies in another place', async () => {
    await two.disks.getBlockBlobClient('unused').upload('', 0);
    const place = two.disks.url;
    const { backup } = await chainOfThree('--catalogue', place);
    for (const command of ['points', 'verify']) {
      const lost = await run(command, backup);
      assert.equal(lost.status, 5, lost.stderr);
      assert.match(lost.stderr, /marked as the backup blob of a chain, but its catalogue is not at .*\.chain\. .*--catalogue/);
    }
    assert.equal((await run('points', backup, '--catalogue', place)).status, 0);
    const plain = await makeDisk(two.backups, 'plain.vhd', MIB);
    assert.match((await run('points', plain.url)).stderr, /has no recovery points/);
  });

  it('restores to one file once, and tells the other restore in plain words', async () => {
    const { points, truths } = await chainOfThree();
    const path = join(folder, 'twice.vhd');
    const both = await Promise.all([run('restore', points[2]!, path), run('restore', points[2]!, path)]);
    assert.deepEqual(
      both.map(({ status }) => status).sort((a, b) => Number(a) - Number(b)),
      [0, 6],
      both.map(({ stderr }) => stderr).join('\n'),
    );
    for (const { stderr } of both) assert.doesNotMatch(stderr, /ENOENT|EEXIST|no such file/);
    assert.ok((await readFile(path)).equals(truths[2]!));
  });

  it('restores with as little as the table in README.md asks for', async () => {
    const { points, truths } = await chainOfThree();
    for (const permissions of ['rcw', 'rcwd']) {
      const target = two.disks.getPageBlobClient(`by-${permissions}.vhd`);
      const sas = two.emulator.sas(two.diskAccount, { container: 'vhds', permissions, expiresOn: new Date(Date.now() + HOUR) });
      const { status, stderr } = await run('restore', points[2]!, `${target.url}?${sas}`);
      assert.equal(status, 0, stderr);
      assert.ok((await bytesOf(target)).equals(truths[2]!));
      const left = two.emulator.store.snapshots({ account: two.diskAccount, container: 'vhds', blob: `by-${permissions}.vhd` });
      assert.equal(left.length, permissions === 'rcw' ? 1 : 0);
      assert.equal(/^ warning .*could not be deleted/m.test(stderr), permissions === 'rcw', stderr);
    }
  });

  it('prints JSON whatever is in the words it repeats', async () => {
    for (const args of [
      ['backup', 'foo?sig=abcSECRETdef', 'http://x/y'],
      ['points', 'http://x/y', 'more?sig=abcSECRETdef'],
    ]) {
      const { status, last, stdout } = await run(...args, '--json');
      assert.deepEqual([status, last['type']], [2, 'error']);
      assert.doesNotMatch(stdout, /SECRET/);
    }
  });
});

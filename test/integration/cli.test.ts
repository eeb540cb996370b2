import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PageBlobClient } from '@azure/storage-blob';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const LENGTH = 64 * MIB;

/** One story, told by real processes against the emulator: each test goes on from the one before. */
describe('the command line, from the first backup to the restored disk', () => {
  let two: TwoAccounts;
  let disk: PageBlobClient;
  let backupUrl: string;
  let folder: string;
  const points: string[] = [];
  const truths: Buffer[] = [];
  const run = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env: two.env });
  const pointUrl = (i: number): string => `${backupUrl}?snapshot=${points[i]}`;

  before(async () => {
    two = await startTwoAccounts();
    disk = await makeDisk(two.disks, 'disk.vhd', LENGTH, [
      { offset: 0, length: 9 * MIB, fill: 1 },
      { offset: 30 * MIB, length: 512, fill: 2 },
    ]);
    backupUrl = two.backups.getPageBlobClient('deep/disk.vhd').url;
    folder = await mkdtemp(join(tmpdir(), 'pbb-cli-'));
  });
  after(async () => {
    await two.close();
    await rm(folder, { recursive: true });
  });

  it('backs the disk up whole, and counts its requests', async () => {
    truths.push(await bytesOf(disk));
    two.emulator.resetCounts();
    const { status, last, stderr } = await run('backup', disk.url, backupUrl, '--json');
    assert.equal(status, 0, stderr);
    assert.equal(last['type'], 'result');
    assert.equal(last['kind'], 'full');
    assert.equal(last['written'], 9 * MIB + 512);
    assert.equal(last['cleared'], 0);
    assert.equal(last['transferred'], 9 * MIB + 512);
    assert.equal(last['transfer'], 'server');
    assert.equal(last['requests'], two.emulator.counts.requests);
    assert.equal(two.emulator.counts.pages.put, 0, 'no page went through this machine');
    assert.match(stderr, /^ snapshot {3}\d{4}-/m);
    assert.match(stderr, /^ changes {4}9 MiB written, 0 bytes cleared in 2 ranges$/m);
    assert.match(stderr, /^ point {6}000001 {2}full {2}\d{4}-/m);
    points.push(String(last['recoveryPoint']));
  });

  it('shows what the next run would do, and changes nothing', async () => {
    await writeBytes(disk, { offset: 4096, length: 512, fill: 7 });
    await disk.clearPages(MIB, 2 * MIB);
    const { last, status, stderr } = await run('backup', disk.url, backupUrl, '--dry-run', '--json');
    assert.equal(status, 0, stderr);
    assert.equal(last['type'], 'plan');
    assert.equal(last['kind'], 'incremental');
    assert.deepEqual(pick(last['estimate'], 'written', 'cleared'), { written: 512, cleared: 2 * MIB });
    assert.match(stderr, /Nothing was changed: this was a dry run\./);
    assert.equal(two.emulator.store.snapshots({ account: two.diskAccount, container: 'vhds', blob: 'disk.vhd' }).length, 1);
  });

  it('backs up just what changed, relayed', async () => {
    truths.push(await bytesOf(disk));
    const { status, last, objects, stderr } = await run('backup', disk.url, backupUrl, '--transfer', 'relay', '--json');
    assert.equal(status, 0, stderr);
    assert.deepEqual(pick(last, 'kind', 'written', 'cleared', 'transferred', 'transfer'), {
      kind: 'incremental',
      written: 512,
      cleared: 2 * MIB,
      transferred: 512,
      transfer: 'relay',
    });
    assert.ok(objects.every((object) => typeof object['type'] === 'string'));
    assert.ok(objects.some((object) => object['type'] === 'progress'));
    assert.match(stderr, /Every changed page was read back and matches\./);
    points.push(String(last['recoveryPoint']));
  });

  it('says that nothing changed', async () => {
    const { status, stderr, last } = await run('backup', disk.url, backupUrl, '--json');
    assert.equal(status, 0);
    assert.equal(last['kind'], 'unchanged');
    assert.match(stderr, /Nothing changed since \S+ \(recovery point 000002\)\. No new point was made\./);
  });

  it('lists the points, newest first', async () => {
    const { status, last } = await run('points', backupUrl, '--json');
    assert.equal(status, 0);
    const list = last['points'] as { recoveryPoint: string; number: number; state: string; evidence: { by: string; on: string }[] }[];
    assert.deepEqual(
      list.map(({ recoveryPoint, number, state }) => [number, recoveryPoint, state]),
      [
        [2, points[1], 'good'],
        [1, points[0], 'good'],
      ],
    );
    assert.deepEqual(
      list.map(({ evidence }) => evidence.map(({ by }) => by)),
      [['backup'], ['backup']],
    );
    const people = await run('points', backupUrl);
    assert.equal(people.stdout, '');
    assert.match(people.stderr, /2 recovery points of .*\n.*\n 000002 .* incremental .* proven just now: all changed pages\n/);
    assert.match(people.stderr, / 000001 .* full .* proven just now: every page\n/);
  });

  it('lists what changed between two points', async () => {
    const { status, objects, last } = await run('diff', pointUrl(0), pointUrl(1), '--json');
    assert.equal(status, 0);
    assert.deepEqual(objects.slice(0, -1), [
      { type: 'range', kind: 'written', start: 4096, end: 4608 },
      { type: 'range', kind: 'cleared', start: MIB, end: 3 * MIB },
    ]);
    assert.deepEqual(pick(last, 'type', 'by', 'written', 'cleared', 'ranges'), {
      type: 'result',
      by: 'touched',
      written: 512,
      cleared: 2 * MIB,
      ranges: 2,
    });
  });

  it('restores each point to a sparse file, byte for byte', async () => {
    for (const i of [0, 1]) {
      const path = join(folder, `point${i}.vhd`);
      const { status, last, stderr } = await run('restore', pointUrl(i), path, '--json');
      assert.equal(status, 0, stderr);
      assert.equal(last['target'], path);
      assert.ok((await readFile(path)).equals(truths[i]!));
      assert.ok((await stat(path)).blocks * 512 < 16 * MIB, 'the file is sparse');
      await assert.rejects(stat(`${path}.partial`));
      await assert.rejects(stat(`${path}.partial.json`));
    }
  });

  it('compares a file with a blob', async () => {
    const same = await run('diff', join(folder, 'point1.vhd'), disk.url);
    assert.equal(same.status, 0, same.stderr);
    assert.match(same.stderr, /No page differs\./);
    const other = await run('diff', join(folder, 'point0.vhd'), join(folder, 'point1.vhd'), '--json');
    assert.deepEqual(pick(other.last, 'by', 'written', 'cleared'), { by: 'content', written: 512, cleared: 2 * MIB });
  });

  it('restores a point to a blob in either account', async () => {
    for (const [name, container] of Object.entries({ here: two.backups, there: two.disks })) {
      const target = container.getPageBlobClient(`${name}.vhd`);
      const { status, stderr } = await run('restore', pointUrl(0), target.url, '--proof', 'full');
      assert.equal(status, 0, stderr);
      assert.match(stderr, /Every page was read back and matches\./);
      assert.ok((await bytesOf(target)).equals(truths[0]!));
      assert.equal((await target.getProperties()).metadata?.['pbb_restore'], 'complete');
    }
  });

  it('copies a point as a whole', async () => {
    const target = two.disks.getPageBlobClient('copy.vhd');
    const { status, stderr, last } = await run('copy', pointUrl(1), target.url, '--json');
    assert.equal(status, 0, stderr);
    assert.equal(last['copied'], LENGTH);
    assert.ok((await bytesOf(target)).equals(truths[1]!));
  });

  it('verifies the points, and finds the one that was damaged', async () => {
    const good = await run('verify', backupUrl, '--json');
    assert.equal(good.status, 0, good.stderr);
    assert.deepEqual(verdictsOf(good), { 2: 'passed', 1: 'structure' });
    const proven = await run('points', backupUrl, '--json');
    const [newest] = proven.last['points'] as { evidence: Record<string, unknown>[] }[];
    assert.deepEqual(pick(newest!.evidence[0], 'by', 'run'), { by: 'verify', run: newest!.evidence[0]!['run'] });
    assert.equal(newest!.evidence.length, 1, 'it has read every page');
    assert.match(proven.stderr, / 000002 .* proven just now: every page\n/);

    // A snapshot cannot be changed, so the record is: now it claims to equal a later state of the disk.
    await writeBytes(disk, { offset: 512, length: 512, fill: 0xee });
    const { snapshot } = await disk.createSnapshot();
    const record = two.backups.getBlockBlobClient('deep/disk.vhd.chain/000002.json');
    const entry = JSON.parse(String(await record.downloadToBuffer())) as { source: object };
    const forged = JSON.stringify({ ...entry, source: { ...entry.source, snapshot } });
    await record.upload(forged, forged.length);
    const bad = await run('verify', backupUrl, '--point', '2', '--json');
    assert.equal(bad.status, 7);
    assert.deepEqual(verdictsOf(bad), { 2: 'failed' });
    assert.match(bad.stderr, /failed.*512 bytes differ from the source snapshot/);
    const listed = await run('points', backupUrl);
    assert.match(listed.stderr, /000002 .*found wrong/);
  });
});

function pick(value: unknown, ...keys: string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, (value as Record<string, unknown>)[key]]));
}

function verdictsOf({ last }: CliRun): Record<number, string> {
  return Object.fromEntries((last['verdicts'] as { number: number; verdict: string }[]).map(({ number, verdict }) => [number, verdict]));
}

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { makeSampleDisk, type SampleDisk } from '../support/sampleDisk.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const SIZE = 64 * MIB;

interface AreaObject {
  readonly kind: string;
  readonly name: string;
  readonly index?: number;
  readonly size: number;
  readonly written: number;
  readonly cleared: number;
}

const areasIn = ({ last }: CliRun): readonly AreaObject[] => (last['partitions'] as { areas: AreaObject[] }).areas;
const pick = (value: unknown, ...keys: string[]): object =>
  Object.fromEntries(keys.map((key) => [key, (value as Record<string, unknown>)[key]]));

describe('diff on the command line', () => {
  let two: TwoAccounts;
  let sample: SampleDisk;
  let folder: string;
  let backup: string;
  const points: string[] = [];
  const snapshots: string[] = [];
  const run = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env: two.env });
  const image = (i: number): string => `${sample.blob.url}?snapshot=${snapshots[i]}`;
  const ranges = ({ objects }: CliRun) => objects.filter(({ type }) => type === 'range');

  before(async () => {
    two = await startTwoAccounts();
    folder = await mkdtemp(join(tmpdir(), 'pbb-diff-'));
    backup = two.backups.getPageBlobClient('disk.vhd').url;
    sample = await makeSampleDisk({
      emulator: two.emulator,
      account: two.diskAccount,
      container: 'vhds',
      name: 'disk.vhd',
      folder,
      size: SIZE,
    });
    const step = async (): Promise<void> => {
      const { status, last, stderr } = await run('backup', sample.blob.url, backup, '--keep-source-snapshots', '9', '--json');
      assert.equal(status, 0, stderr);
      points.push(String(last['recoveryPoint']));
      snapshots.push(String(last['sourceSnapshot']));
    };
    await step();
    await sample.work();
    await step();
  });
  after(async () => {
    sample.disk.close();
    await two.close();
    await rm(folder, { recursive: true });
  });

  it('tells in which partition a disk of a VM changed, exactly', async () => {
    const all = await run('diff', image(0), image(1), '--json');
    const found = await run('diff', image(0), image(1), '--partitions', '--json');
    assert.equal(found.status, 0, found.stderr);
    assert.deepEqual(ranges(found), [], 'instead of every range');
    const changed = (kind: string): number =>
      ranges(all).reduce((sum, range) => sum + (range['kind'] === kind ? Number(range['end']) - Number(range['start']) : 0), 0);
    const areas = areasIn(found);
    assert.deepEqual(
      areas.map(({ kind, name, index, size }) => [kind, name, index, size]),
      [
        ['partition', 'EFI System', 1, 8 * MIB],
        ['partition', 'data', 2, 54 * MIB],
        ['rest', 'outside of partitions', undefined, 2 * MIB],
        ['footer', 'VHD footer', undefined, 512],
      ],
    );
    assert.deepEqual(
      areas.map(({ written, cleared }) => [written, cleared]),
      [
        [0, 0],
        [changed('written'), changed('cleared')],
        [0, 0],
        [0, 0],
      ],
    );
    assert.deepEqual(pick(found.last['partitions'], 'kind', 'vhd', 'notes'), {
      kind: 'gpt',
      vhd: { start: SIZE, end: SIZE + 512, type: 'fixed', size: SIZE },
      notes: [],
    });
    assert.ok(changed('written') > 0 && changed('cleared') > 0);
    assert.deepEqual(pick(found.last, 'written', 'cleared'), { written: changed('written'), cleared: changed('cleared') });
    const people = await run('diff', image(0), image(1), '--partitions');
    assert.match(people.stderr, /^ *no\. +partition +type +size +written +cleared +changed$/m);
    assert.match(people.stderr, /^ *1 +EFI System +EFI system +8 MiB +0 bytes +0 bytes +0 %$/m);
    assert.match(people.stderr, /^ *2 +data +Linux +54 MiB +[\d.]+ MiB +[\d.]+ [KM]iB +[\d.]+ %$/m);
  });

  it('tells what it comes to: share of the disk, the largest ranges, the recovery points', async () => {
    const [from, to] = points.map((point) => `${backup}?snapshot=${point}`) as [string, string];
    const { status, last, stderr } = await run('diff', from, to, '--summary', '--json');
    assert.equal(status, 0, stderr);
    const summary = last['summary'] as { share: number; largest: { start: number; end: number }[]; from: unknown; to: unknown };
    assert.equal(summary.share, (Number(last['written']) + Number(last['cleared'])) / (SIZE + 512));
    const lengths = summary.largest.map(({ start, end }) => end - start);
    const all = ranges(await run('diff', from, to, '--json')).map((range) => Number(range['end']) - Number(range['start']));
    assert.deepEqual(lengths, all.sort((a, b) => b - a).slice(0, 10));
    assert.equal(last['ranges'], all.length);
    const source = { source: sample.blob.url.split('?')[0] };
    assert.deepEqual(pick((summary.from as { point: object }).point, 'number', 'kind', 'source', 'sourceSnapshot'), {
      number: 1,
      kind: 'full',
      ...source,
      sourceSnapshot: snapshots[0],
    });
    assert.deepEqual(pick((summary.to as { point: object }).point, 'number', 'kind'), { number: 2, kind: 'incremental' });
    assert.match(stderr, new RegExp(`^ from {7}${snapshots[0]} \\(recovery point 000001, full, of http\\S+/vhds/disk\\.vhd\\)$`, 'm'));
    assert.match(stderr, /^ changed {4}[\d.]+ % of the disk$/m);
    assert.match(stderr, /^ The largest ranges:\n (written|cleared) /m);
    const now = await run('diff', image(1), sample.blob.url, '--summary');
    assert.match(now.stderr, new RegExp(`^ from {7}${snapshots[1]} \\(snapshot\\)$`, 'm'));
    assert.match(now.stderr, /^ to {9}now \(last changed \S.*\)$/m);
    assert.match(now.stderr, /^ changed {4}0 % of the disk\nNo page differs\.$/m, 'an empty difference');
  });

  it('tells how many of the touched pages really differ', async () => {
    const disk = await makeDisk(two.disks, 'touched.vhd', 8 * MIB, [{ offset: 0, length: MIB, fill: 1 }]);
    const { snapshot } = await disk.createSnapshot();
    await writeBytes(disk, { offset: 0, length: 8192, fill: 1 });
    await writeBytes(disk, { offset: 4096, length: 512, fill: 2 });
    await disk.clearPages(16_384, 1024);
    const found = await run('diff', `${disk.url}?snapshot=${snapshot}`, disk.url, '--real', '--json');
    assert.equal(found.status, 0, found.stderr);
    assert.deepEqual(ranges(found), [
      { type: 'range', kind: 'written', start: 0, end: 8192, pages: 16, differing: 1 },
      { type: 'range', kind: 'cleared', start: 16_384, end: 17_408, pages: 2, differing: 2 },
    ]);
    assert.deepEqual(found.last['real'], { pages: 18, differing: 3 });
    const people = await run('diff', `${disk.url}?snapshot=${snapshot}`, disk.url, '--real');
    assert.match(people.stderr, /^ written +0 +8 KiB +1 of 16 pages differs$/m);
    assert.match(people.stderr, /^ 3 of 18 touched pages really differ: 1\.5 KiB of 9 KiB\.$/m);
    const second = await disk.createSnapshot();
    await writeBytes(disk, { offset: 0, length: 1024, fill: 1 });
    const same = await run('diff', `${disk.url}?snapshot=${second.snapshot}`, disk.url, '--real', '--summary');
    assert.match(same.stderr, /None of the 2 touched pages really differs: what was written is what was there\./);
  });

  it('has a plain text for every disk and pair that is not as usual', async () => {
    const plain = await makeDisk(two.disks, 'plain', 8 * MIB);
    const { snapshot } = await plain.createSnapshot();
    const before = `${plain.url}?snapshot=${snapshot}`;
    await writeBytes(plain, { offset: MIB, length: 512, fill: 3 });
    const none = await run('diff', before, plain.url, '--partitions', '--json');
    assert.equal(none.status, 0, none.stderr);
    assert.match(none.stderr, /There is no VHD footer at the end: this is the raw image of a disk, not a VHD\./);
    assert.match(none.stderr, /There is no partition table\./);
    assert.deepEqual(areasIn(none), [{ kind: 'rest', name: 'disk', size: 8 * MIB, written: 512, cleared: 0 }]);

    const equal = await run('diff', before, before, '--summary', '--partitions', '--real');
    assert.equal(equal.status, 0, equal.stderr);
    assert.match(equal.stderr, /Both are the same snapshot, so nothing can differ\./);
    assert.match(equal.stderr, /No page was touched\.\nNo page differs\./);

    await plain.resize(16 * MIB);
    const grown = await run('diff', before, plain.url, '--summary', '--partitions', '--real');
    assert.equal(grown.status, 0, grown.stderr);
    assert.match(grown.stderr, /in 1 range of 16 MiB\. The disk has grown from 8 MiB to 16 MiB\./);

    await plain.withSnapshot(snapshot!).delete();
    for (const option of ['--summary', '--partitions', '--real']) {
      const gone = await run('diff', before, plain.url, option);
      assert.equal(gone.status, 5, gone.stderr);
      assert.match(gone.stderr, /snapshot/i);
    }
  });

  it('reads the copy of a broken partition table, of files too', async () => {
    const [good, broken] = ['good.vhd', 'broken.vhd'].map((name) => join(folder, name)) as [string, string];
    const bytes = await bytesOf(sample.blob);
    await writeFile(good, bytes);
    await writeFile(broken, Buffer.from(bytes).fill(0, 512, 17_408));
    const copy = await run('diff', good, broken, '--partitions', '--summary', '--real', '--json');
    assert.equal(copy.status, 0, copy.stderr);
    assert.match(copy.stderr, /damaged; its copy at the end is whole and was used/);
    assert.match(copy.stderr, /Both images were read, so every page listed really differs\./);
    assert.deepEqual(
      areasIn(copy).map(({ name, cleared }) => [name, cleared > 0]),
      [
        ['EFI System', false],
        ['data', false],
        ['outside of partitions', true],
        ['VHD footer', false],
      ],
    );
    await writeFile(broken, (await readFile(broken)).fill(0, SIZE - 17_408, SIZE));
    const damaged = await run('diff', good, broken, '--partitions');
    assert.match(damaged.stderr, /partition table is damaged and cannot be read/);
    assert.match(damaged.stderr, /The disk was partitioned otherwise before/);
    assert.doesNotMatch(copy.stderr, /partitioned otherwise/);
  });

  it('explains itself', async () => {
    const { stdout, status } = await run('diff', '--help');
    assert.equal(status, 0);
    for (const option of ['--summary', '--partitions', '--real', '--catalogue <url>']) assert.ok(stdout.includes(option), option);
  });
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { BlobSASPermissions, type ContainerClient, type PageBlobClient, type Range } from '@azure/storage-blob';
import { runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { bytesOf, makeDisk, startTwoAccounts, writeBytes, type TwoAccounts } from '../support/twoAccounts.ts';

const MIB = 1024 * 1024;
const LENGTH = 32 * MIB;

/** What the disk's owner does to it before the first backup, and between the backups. */
const HISTORY: readonly ((disk: PageBlobClient) => Promise<unknown>)[] = [
  async (disk) => {
    await writeBytes(disk, { offset: 0, length: 6 * MIB, fill: 1 });
    await writeBytes(disk, { offset: 20 * MIB + 512, length: 1536, fill: 2 });
  },
  async (disk) => {
    await writeBytes(disk, { offset: MIB, length: 4096, fill: 3 });
    await disk.clearPages(3 * MIB, MIB + 512);
    await writeBytes(disk, { offset: 31 * MIB, length: MIB, fill: 4 });
  },
  async (disk) => {
    await disk.clearPages(20 * MIB + 512, 512);
    await writeBytes(disk, { offset: 3 * MIB + 512, length: 512, fill: 5 });
    await writeBytes(disk, { offset: 12 * MIB, length: 5 * MIB, fill: 6 });
  },
];

/** What a blob or a snapshot is: length, allocated ranges, and a hash of all bytes. */
async function imageOf(blob: PageBlobClient): Promise<object> {
  const { contentLength } = await blob.getProperties();
  const { pageRange = [] } = await blob.getPageRanges();
  return { contentLength, pages: pageRange.map(({ offset, count }) => [offset, count]), sha256: hashOf(await bytesOf(blob)) };
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function snapshotsOf(container: ContainerClient, name: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of container.listBlobsFlat({ includeSnapshots: true, prefix: name })) {
    if (item.name === name && item.snapshot) ids.push(item.snapshot);
  }
  return ids;
}

/** "Back up Azure unmanaged VM disks with incremental snapshots" (learn.microsoft.com), with nothing but the SDK. */
class Recipe {
  readonly #disk: PageBlobClient;
  readonly #backup: PageBlobClient;
  #last: string | undefined;

  constructor(disk: PageBlobClient, backup: PageBlobClient) {
    this.#disk = disk;
    this.#backup = backup;
  }

  /** Backup, steps 1 to 4. @returns the snapshot of the backup blob */
  async backUp(): Promise<string> {
    const { snapshot } = await this.#disk.createSnapshot();
    const now = this.#disk.withSnapshot(snapshot!);
    if (this.#last === undefined) await copyWhole(now, this.#backup);
    else await this.#copyChanges(now, this.#last);
    const point = await this.#backup.createSnapshot();
    if (this.#last !== undefined) await this.#disk.withSnapshot(this.#last).delete();
    this.#last = snapshot!;
    return point.snapshot!;
  }

  async #copyChanges(now: PageBlobClient, last: string): Promise<void> {
    const { pageRange = [], clearRange = [] } = await now.getPageRangesDiff(0, LENGTH, last);
    for (const range of pageRange) {
      for (const { offset, count } of atMost(4 * MIB, range)) {
        await this.#backup.uploadPages(await now.downloadToBuffer(offset, count), offset, count);
      }
    }
    for (const { offset, count } of clearRange.map(pagesOf)) await this.#backup.clearPages(offset, count);
  }

  /** Restore, steps 1 to 4: the snapshot becomes a base of its own, both bases get a snapshot. */
  async restore(point: string, newBackup: PageBlobClient, newDisk: PageBlobClient): Promise<{ backup: string; disk: string }> {
    await (await newBackup.beginCopyFromURL(this.#backup.withSnapshot(point).url)).pollUntilDone();
    const backup = (await newBackup.createSnapshot()).snapshot!;
    await copyWhole(newBackup.withSnapshot(backup), newDisk);
    return { backup, disk: (await newDisk.createSnapshot()).snapshot! };
  }
}

/** Copy Blob into another account, which reads the source by a SAS. */
async function copyWhole(from: PageBlobClient, to: PageBlobClient): Promise<void> {
  const permissions = BlobSASPermissions.parse('r');
  const poller = await to.beginCopyFromURL(await from.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 3_600_000) }));
  assert.equal((await poller.pollUntilDone()).copyStatus, 'success');
}

/** The SDK gives the last byte of a range less its first as `count`, which is one too few. */
function pagesOf({ offset, count = 0 }: Range): { readonly offset: number; readonly count: number } {
  return { offset, count: Math.ceil(count / 512) * 512 };
}

function* atMost(most: number, range: Range): Generator<{ readonly offset: number; readonly count: number }> {
  const { offset, count } = pagesOf(range);
  for (let at = 0; at < count; at += most) yield { offset: offset + at, count: Math.min(most, count - at) };
}

/** One disk is backed up and restored by hand, another one with the same history by this program. */
describe('the recipe by hand, and this program, on two disks with one history', () => {
  let two: TwoAccounts;
  let byHand: Recipe;
  const points: { readonly hand: string[]; readonly ours: string[] } = { hand: [], ours: [] };
  const restored = { backup: '', disk: '' };
  const disk = (name: string): PageBlobClient => two.disks.getPageBlobClient(name);
  const backup = (name: string): PageBlobClient => two.backups.getPageBlobClient(name);
  const run = async (...args: string[]): Promise<CliRun> => {
    const done = await runCliProcess([...args, '--json'], { env: two.env });
    assert.equal(done.status, 0, done.stderr);
    return done;
  };
  const ourPoint = (i: number): string => `${backup('ours.vhd').url}?snapshot=${points.ours[i]}`;

  before(async () => {
    two = await startTwoAccounts();
    for (const name of ['hand.vhd', 'ours.vhd']) await makeDisk(two.disks, name, LENGTH);
    byHand = new Recipe(disk('hand.vhd'), backup('hand.vhd'));
    for (const change of HISTORY) {
      for (const name of ['hand.vhd', 'ours.vhd']) await change(disk(name));
      points.hand.push(await byHand.backUp());
      const { last } = await run('backup', disk('ours.vhd').url, backup('ours.vhd').url);
      points.ours.push(String(last['recoveryPoint']));
    }
  });
  after(() => two.close());

  it('make the same backups: bytes, allocated ranges and snapshots', async () => {
    const images: object[] = [];
    for (let i = 0; i < HISTORY.length; i++) {
      const [hand, ours] = [backup('hand.vhd').withSnapshot(points.hand[i]!), backup('ours.vhd').withSnapshot(points.ours[i]!)];
      images.push(await imageOf(hand));
      assert.deepEqual(await imageOf(ours), images[i], `point ${i + 1}`);
    }
    assert.equal(new Set(images.map((image) => JSON.stringify(image))).size, HISTORY.length, 'three different disks');
    assert.deepEqual(await imageOf(disk('ours.vhd')), images.at(-1), 'the newest is the disk');
    for (const container of [two.disks, two.backups]) {
      const [hand, ours] = [await snapshotsOf(container, 'hand.vhd'), await snapshotsOf(container, 'ours.vhd')];
      assert.equal(ours.length, hand.length);
      assert.equal(hand.length, container === two.disks ? 1 : HISTORY.length);
    }
  });

  it('restore the same disk from an older point', async () => {
    Object.assign(restored, await byHand.restore(points.hand[1]!, backup('handrestored.vhd'), disk('handrestored.vhd')));
    await run('restore', ourPoint(1), disk('plain.vhd').url);
    const point = await imageOf(backup('hand.vhd').withSnapshot(points.hand[1]!));
    for (const blob of [backup('handrestored.vhd'), disk('handrestored.vhd'), disk('plain.vhd')])
      assert.deepEqual(await imageOf(blob), point);
  });

  it('rewound in place, the disk is the one that the recipe restores, and its chain goes on', async () => {
    await run('restore', ourPoint(1), disk('ours.vhd').url, '--in-place');
    assert.deepEqual(await imageOf(disk('ours.vhd')), await imageOf(disk('handrestored.vhd')));
    const { last } = await run('backup', disk('ours.vhd').url, backup('ours.vhd').url);
    assert.equal(last['kind'], 'incremental');
    const newest = backup('ours.vhd').withSnapshot(String(last['recoveryPoint']));
    assert.deepEqual(await imageOf(newest), await imageOf(backup('handrestored.vhd').withSnapshot(restored.backup)));
  });

  // What the recipe makes of a restore: two bases with a snapshot each, from which backups go on.
  it('restored with --continue-chain: the same blobs, snapshots and bytes in both accounts, and the next backup is incremental', async () => {
    const target = disk('oursrestored.vhd');
    const { last } = await run('restore', ourPoint(1), target.url, '--continue-chain');
    const newBackup = backup('oursrestored.vhd');
    assert.deepEqual([last['newBackup'], last['target']], [newBackup.url, target.url]);
    for (const container of [two.disks, two.backups]) {
      const [hand, ours] = [await snapshotsOf(container, 'handrestored.vhd'), await snapshotsOf(container, 'oursrestored.vhd')];
      assert.deepEqual([hand.length, ours.length], [1, 1]);
      const [one, other] = [container.getPageBlobClient('handrestored.vhd'), container.getPageBlobClient('oursrestored.vhd')];
      assert.deepEqual(await imageOf(other), await imageOf(one));
      assert.deepEqual(await imageOf(other.withSnapshot(ours[0]!)), await imageOf(one.withSnapshot(hand[0]!)));
    }
    assert.deepEqual(await snapshotsOf(two.disks, 'oursrestored.vhd'), [last['diskSnapshot']]);
    assert.deepEqual(await snapshotsOf(two.backups, 'oursrestored.vhd'), [last['newPoint']]);

    for (const name of ['handrestored.vhd', 'oursrestored.vhd']) await writeBytes(disk(name), { offset: 9 * MIB, length: 1024, fill: 7 });
    const next = await run('backup', target.url, newBackup.url);
    assert.deepEqual([next.last['kind'], next.last['number'], next.last['written']], ['incremental', 2, 1024]);
    const newest = newBackup.withSnapshot(String(next.last['recoveryPoint']));
    assert.deepEqual(await imageOf(newest), await imageOf(disk('handrestored.vhd')));
  });
});

/** What our emulator promises beyond the recorded answers, asked through the real SDK. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { BlobServiceClient } from '@azure/storage-blob';

import { MIB, list, PAGE, pages, put, refuses, rig, snapshot } from './emulatorRig.ts';

const TIB = 1024 ** 4;

describe('differences', () => {
  it('list what was touched, not what differs', async () => {
    const { blob } = await rig();
    const disk = await blob('disk', 16 * PAGE);
    await put(disk, 0, 'a', 4);
    const before = await snapshot(disk);
    await put(disk, 0, 'a');
    await disk.clearPages(2 * PAGE, PAGE);
    await disk.clearPages(8 * PAGE, PAGE);
    await put(disk, 12, 'b');
    await disk.clearPages(12 * PAGE, PAGE);
    const after = await snapshot(disk);
    await put(disk, 15, 'c');
    assert.equal(await list(disk.withSnapshot(after), before), '0-0 w, 2-2 c, 8-8 c, 12-12 c');
    assert.equal(await list(disk, after), '15-15 w');
    assert.equal(await list(disk.withSnapshot(after), after), '');
  });

  it('are refused across Put Blob and Copy Blob, and between two snapshots taken before are not', async () => {
    const { blob } = await rig();
    const disk = await blob('disk', 4 * PAGE);
    const first = await snapshot(disk);
    await put(disk, 1, 'a');
    const second = await snapshot(disk);
    await disk.create(4 * PAGE);
    await refuses(list(disk, second), 409, 'BlobOverwritten');
    assert.equal(await list(disk.withSnapshot(second), first), '1-1 w');
    const third = await snapshot(disk);
    await (await disk.beginCopyFromURL(disk.withSnapshot(second).url)).pollUntilDone();
    assert.equal(await list(disk), '1-1 w');
    await refuses(list(disk, third), 409, 'BlobOverwritten');
  });

  it('are refused without a previous snapshot that is older', async () => {
    const { blob } = await rig();
    const disk = await blob('disk', 4 * PAGE);
    const first = await snapshot(disk);
    const second = await snapshot(disk);
    assert.ok(second > first);
    await refuses(list(disk.withSnapshot(first), second), 400, 'PreviousSnapshotCannotBeNewer');
    await refuses(list(disk, '2020-01-01T00:00:00.0000000Z'), 409, 'PreviousSnapshotNotFound');
    await disk.withSnapshot(first).delete();
    await refuses(list(disk.withSnapshot(second), first), 409, 'PreviousSnapshotNotFound');
    await refuses(list(disk.withSnapshot(first), second), 404, 'BlobNotFound');
  });

  it('tell of a resize only with the switch, and of nothing when they are ignored', async () => {
    const { blob, emulator } = await rig();
    for (const tracked of [false, true]) {
      emulator.switches.resizeTracked = tracked;
      const disk = await blob(`disk-${tracked}`, 8 * PAGE);
      await put(disk, 6, 'a');
      const before = await snapshot(disk);
      await disk.resize(4 * PAGE);
      await disk.resize(10 * PAGE);
      assert.equal(await list(disk), '');
      assert.equal(await list(disk, before), tracked ? '4-9 c' : '');
    }
    emulator.switches.diffMode = 'ignored';
    const disk = await blob('plain', 8 * PAGE);
    await put(disk, 2, 'a', 2);
    assert.equal(await list(disk, '2020-01-01T00:00:00.0000000Z'), '2-3 w');
  });
});

describe('lists', () => {
  it('continue by markers, interleaved and in order', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', 64 * PAGE);
    const before = await snapshot(disk);
    for (let page = 0; page < 40; page += 4) await put(disk, page, 'a');
    for (let page = 2; page < 42; page += 4) await disk.clearPages(page * PAGE, PAGE);
    const whole = await list(disk, before);
    assert.equal(whole.split(', ').length, 20);
    emulator.resetCounts();
    assert.equal(await list(disk, before, 3), whole);
    assert.equal(emulator.counts.byOperation['GetPageRangesDiff'], 7);
    emulator.switches.maxResultsCap = 2;
    assert.equal(await list(disk, before), whole);
  });

  it('are cut to the range that was asked for', async () => {
    const { blob } = await rig();
    const disk = await blob('disk', 16 * PAGE);
    await put(disk, 2, 'a', 8);
    const { pageRange } = await disk.getPageRanges(4 * PAGE, 2 * PAGE);
    assert.deepEqual(
      pageRange?.map(({ offset }) => offset),
      [4 * PAGE],
    );
    await refuses(disk.getPageRanges(16 * PAGE, PAGE), 416, 'InvalidRange');
  });

  it('time out where the switch says that there is too much', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', 16 * PAGE);
    for (const page of [0, 2, 4, 6]) await put(disk, page, 'a');
    emulator.switches.rangeListTimeoutAbove = { bytes: 8 * PAGE, ranges: 3 };
    await refuses(disk.getPageRanges(0, 16 * PAGE), 500, 'OperationTimedOut');
    await refuses(disk.getPageRanges(0, 8 * PAGE), 500, 'OperationTimedOut');
    assert.equal((await disk.getPageRanges(0, 4 * PAGE)).pageRange?.length, 2);
  });

  it('of very many ranges come in parts', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', 1024 * MIB);
    const truth = emulator.store.pages({ account: disk.accountName, container: 'disks', blob: 'disk' });
    const page = pages('x');
    for (let at = 0; at < 50_000; at++) truth.write(at * 2 * PAGE, page);
    let found = 0;
    for await (const part of disk.listPageRanges(0, 1024 * MIB).byPage()) found += part.pageRange?.length ?? 0;
    assert.equal(found, 50_000);
    assert.equal(emulator.counts.byOperation['GetPageRanges'], 5);
  });
});

describe('content', () => {
  it('of a snapshot stays, whatever is written, cleared or resized later', async () => {
    const { blob } = await rig();
    const disk = await blob('disk', 1024 * PAGE);
    await put(disk, 0, 'a', 1024);
    const first = await snapshot(disk);
    await put(disk, 100, 'b');
    await disk.clearPages(0, 64 * PAGE);
    const second = await snapshot(disk);
    await disk.resize(PAGE);
    assert.deepEqual(await disk.withSnapshot(first).downloadToBuffer(), pages('a', 1024));
    const expected = pages('a', 1024);
    expected.fill(0, 0, 64 * PAGE).fill('b', 100 * PAGE, 101 * PAGE);
    assert.deepEqual(await disk.withSnapshot(second).downloadToBuffer(), expected);
    assert.equal(await list(disk.withSnapshot(second), first), '0-63 c, 100-100 w');
    assert.equal((await disk.withSnapshot(second).getProperties()).contentLength, 1024 * PAGE);
  });

  it('of 8 TiB costs next to nothing', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('huge', 8 * TIB);
    const last = 8 * TIB - PAGE;
    await disk.uploadPages(pages('z'), last, PAGE);
    const before = await snapshot(disk);
    await disk.clearPages();
    assert.equal(await list(disk, before), `0-${(8 * TIB) / PAGE - 1} c`);
    assert.equal(await list(disk), '');
    assert.deepEqual(await disk.withSnapshot(before).downloadToBuffer(last, PAGE), pages('z'));
    assert.deepEqual(emulator.store.ranges({ account: disk.accountName, container: 'disks', blob: 'huge', snapshot: before }), [
      { start: last, end: 8 * TIB },
    ]);
    await refuses(blob('more', 8 * TIB + PAGE), 400, 'InvalidHeaderValue');
  });

  it('is refused past the end, over 4 MiB, off the pages or with a wrong checksum', async () => {
    const { blob } = await rig();
    const disk = await blob('disk', 8 * MIB);
    await refuses(disk.uploadPages(pages('a', 2), 8 * MIB - PAGE, 2 * PAGE), 416, 'InvalidPageRange');
    await refuses(disk.clearPages(8 * MIB, PAGE), 416, 'InvalidPageRange');
    await refuses(disk.uploadPages(Buffer.alloc(4 * MIB + PAGE), 0, 4 * MIB + PAGE), 413, 'RequestBodyTooLarge');
    await refuses(disk.uploadPages(pages('a'), 100, PAGE), 416, 'InvalidPageRange');
    await refuses(disk.uploadPages(pages('a'), 0, PAGE, { transactionalContentMD5: new Uint8Array(16) }), 400, 'Md5Mismatch');
    await refuses(disk.uploadPages(pages('a'), 0, PAGE, { transactionalContentCrc64: new Uint8Array(8) }), 400, 'Crc64Mismatch');
    assert.equal(await list(disk), '');
    await disk.uploadPages(Buffer.alloc(4 * MIB), 0, 4 * MIB);
    const { contentMD5 } = await disk.download(0, 4 * MIB, { rangeGetContentMD5: true });
    assert.equal(contentMD5?.length, 16);
    await refuses(disk.download(0, 4 * MIB + PAGE, { rangeGetContentMD5: true }), 400, 'InvalidHeaderValue');
  });
});

describe('snapshots', () => {
  it('copy the metadata or have their own', async () => {
    const { blob } = await rig();
    const disk = await blob('disk', PAGE);
    const { etag } = await disk.setMetadata({ vm: 'one' });
    const plain = await disk.createSnapshot();
    const marked = await disk.createSnapshot({ metadata: { run: '7' } });
    assert.deepEqual((await disk.withSnapshot(plain.snapshot!).getProperties()).metadata, { vm: 'one' });
    assert.deepEqual((await disk.withSnapshot(marked.snapshot!).getProperties()).metadata, { run: '7' });
    assert.equal(plain.etag, etag);
    assert.notEqual(marked.etag, etag);
    assert.match(plain.snapshot!, /\.\d{7}Z$/);
  });

  it('hold the base until it is said what becomes of them', async () => {
    const { blob, one } = await rig();
    const disk = await blob('disk', PAGE);
    await snapshot(disk);
    await refuses(disk.delete(), 409, 'SnapshotsPresent');
    await disk.delete({ deleteSnapshots: 'only' });
    await disk.delete();
    assert.deepEqual(await Array.fromAsync(one.listBlobsFlat({ includeSnapshots: true })), []);
  });

  it('are few and far between in premium accounts', async () => {
    let now = Date.now();
    const accounts = [{ name: 'premium', key: Buffer.from('key').toString('base64'), premium: true }];
    const { blob, one, emulator } = await rig({ accounts, clock: () => now });
    const disk = await blob('disk', PAGE);
    await snapshot(disk);
    await refuses(snapshot(disk), 409, 'SnapshotOperationRateExceeded');
    now += 10 * 60_000;
    await snapshot(disk);
    emulator.switches.premiumSnapshotInterval = 0;
    for (let count = 2; count < 100; count++) await snapshot(disk);
    await refuses(snapshot(disk), 409, 'SnapshotCountExceeded');
    await refuses(one.getBlockBlobClient('block').upload('x', 1), 400, 'BlobTypeNotSupported');
  });
});

describe('sequence numbers', () => {
  it('fence page writes', async () => {
    const { blob } = await rig();
    const disk = await blob('disk', 4 * PAGE);
    await disk.updateSequenceNumber('max', 5);
    await disk.updateSequenceNumber('max', 3);
    assert.equal((await disk.getProperties()).blobSequenceNumber, 5);
    await disk.uploadPages(pages('a'), 0, PAGE, { conditions: { ifSequenceNumberEqualTo: 5 } });
    await disk.updateSequenceNumber('increment');
    const late = { conditions: { ifSequenceNumberEqualTo: 5 } };
    await refuses(disk.uploadPages(pages('b'), 0, PAGE, late), 412, 'SequenceNumberConditionNotMet');
    await refuses(disk.clearPages(0, PAGE, late), 412, 'SequenceNumberConditionNotMet');
    await disk.create(4 * PAGE);
    assert.equal((await disk.getProperties()).blobSequenceNumber, 0);
  });
});

describe('listings', () => {
  it('come by name, of one blob the snapshots oldest first, then the base, in parts', async () => {
    const { blob, one } = await rig();
    const names = ['b', 'a/1', 'a/2', 'ab'];
    for (const name of names) await blob(name, PAGE);
    const first = await snapshot(await blob('b'));
    const { snapshot: second } = await (await blob('b')).createSnapshot({ metadata: { run: '1' } });
    const found: string[] = [];
    for await (const part of one.listBlobsFlat({ includeSnapshots: true, includeMetadata: true }).byPage({ maxPageSize: 1 })) {
      for (const item of part.segment.blobItems) found.push(`${item.name} ${item.snapshot ?? ''} ${item.metadata?.['run'] ?? ''}`.trim());
    }
    assert.deepEqual(found, ['a/1', 'a/2', 'ab', `b ${first}`, `b ${second} 1`, 'b']);
    const level = await Array.fromAsync(one.listBlobsByHierarchy('/', { prefix: 'a' }));
    assert.deepEqual(
      level.map(({ kind, name }) => `${kind} ${name}`),
      ['prefix a/', 'blob ab'],
    );
  });

  it('show what is softly deleted only when asked', async () => {
    const { blob, one } = await rig({ switches: { softDelete: true } });
    const disk = await blob('disk', PAGE);
    const id = await snapshot(disk);
    await disk.withSnapshot(id).delete();
    await refuses(disk.withSnapshot(id).getPageRanges(0, PAGE), 404, 'BlobNotFound');
    await refuses(list(disk, id), 409, 'PreviousSnapshotNotFound');
    const live = await Array.fromAsync(one.listBlobsFlat({ includeSnapshots: true }));
    assert.equal(live.length, 1);
    const all = await Array.fromAsync(one.listBlobsFlat({ includeSnapshots: true, includeDeleted: true }));
    assert.deepEqual(
      all.map(({ snapshot: of, deleted }) => [of, deleted ?? false]),
      [
        [id, true],
        [undefined, false],
      ],
    );
    await disk.undelete();
    assert.equal(await list(disk, id), '');
  });

  it('of containers follow their markers', async () => {
    const { emulator, one } = await rig();
    await one.getProperties();
    const service = BlobServiceClient.fromConnectionString(emulator.connectionString('devstoreaccount1'));
    await service.createContainer('vhds');
    const names = (await Array.fromAsync(service.listContainers().byPage({ maxPageSize: 1 }))).map((part) => part.containerItems[0]?.name);
    assert.deepEqual(names, ['disks', 'vhds']);
  });
});

describe('conditions', () => {
  it('create once and pin a state', async () => {
    const { blob, one } = await rig();
    const disk = await blob('disk', PAGE);
    const { etag } = await disk.getProperties();
    await refuses(disk.create(PAGE, { conditions: { ifNoneMatch: '*' } }), 409, 'BlobAlreadyExists');
    await refuses(one.getBlockBlobClient('disk').upload('{}', 2, { conditions: { ifNoneMatch: '*' } }), 409, 'BlobAlreadyExists');
    await put(disk, 0, 'a');
    await refuses(disk.createSnapshot({ conditions: { ifMatch: etag! } }), 412, 'ConditionNotMet');
    await refuses(disk.setMetadata({ a: 'b' }, { conditions: { ifNoneMatch: '*' } }), 412, 'ConditionNotMet');
    await refuses(disk.download(0, PAGE, { conditions: { ifMatch: etag! } }), 412, 'ConditionNotMet');
  });
});

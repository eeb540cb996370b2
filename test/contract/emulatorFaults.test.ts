/** The seam for faults of our emulator: what a hook asks for is what the client meets, and the blob behind it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Fault } from '../support/emulator/emulator.ts';
import { list, PAGE, pages, put, refuses, rig } from './emulatorRig.ts';
import type { Rig } from './emulatorRig.ts';

/** Meets the next request of that operation with the fault. */
function once(emulator: Rig['emulator'], operation: string, fault: Fault): void {
  const remove = emulator.onRequest((info) => {
    if (info.operation !== operation) return undefined;
    remove();
    return fault;
  });
}

describe('faults', () => {
  it('answer another status, before or after the effect', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', 4 * PAGE);
    once(emulator, 'PutPage', { kind: 'status', status: 503, code: 'ServerBusy' });
    await refuses(put(disk, 0, 'a'), 503, 'ServerBusy');
    once(emulator, 'PutPage', { kind: 'status', status: 500, code: 'OperationTimedOut', afterEffect: true });
    await refuses(put(disk, 2, 'b'), 500, 'OperationTimedOut');
    assert.equal(await list(disk), '2-2 w');
  });

  it('drop the connection, before or after the effect', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', 4 * PAGE);
    once(emulator, 'SnapshotBlob', { kind: 'drop' });
    await assert.rejects(disk.createSnapshot());
    const name = { account: disk.accountName, container: 'disks', blob: 'disk' };
    assert.equal(emulator.store.snapshots(name).length, 0);
    once(emulator, 'SnapshotBlob', { kind: 'drop', afterEffect: true });
    await assert.rejects(disk.createSnapshot());
    assert.equal(emulator.store.snapshots(name).length, 1);
  });

  it('cut an answer short, openly or not', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', 4 * PAGE);
    await put(disk, 0, 'a', 4);
    once(emulator, 'GetBlob', { kind: 'truncateAnswer', bytes: PAGE });
    const { readableStreamBody } = await disk.download(0, undefined, { maxRetryRequests: 0 });
    await assert.rejects(Array.fromAsync(readableStreamBody!));
    once(emulator, 'GetPageRanges', { kind: 'truncateAnswer', bytes: 60, cleanly: true });
    await assert.rejects(disk.getPageRanges(0, PAGE));
  });

  it('flip a bit of what is read and of what is written', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', 4 * PAGE);
    once(emulator, 'PutPage', { kind: 'flipBit', at: 0 });
    await put(disk, 0, 'a');
    assert.equal((await disk.downloadToBuffer(0, PAGE))[0], 'a'.charCodeAt(0) ^ 1);
    once(emulator, 'PutPage', { kind: 'flipBit' });
    const { createHash } = await import('node:crypto');
    const transactionalContentMD5 = createHash('md5').update(pages('a')).digest();
    await refuses(disk.uploadPages(pages('a'), 0, PAGE, { transactionalContentMD5 }), 400, 'Md5Mismatch');
    once(emulator, 'GetBlob', { kind: 'flipBit', at: 1 });
    assert.equal((await disk.downloadToBuffer(0, PAGE))[1], 'a'.charCodeAt(0) ^ 1);
  });

  it('hold a request until its client has long gone', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', 4 * PAGE);
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const remove = emulator.onRequest((info) => {
      if (info.operation !== 'PutPage') return undefined;
      arrive();
      return released;
    });
    const abort = new AbortController();
    const write = disk.uploadPages(pages('a'), 0, PAGE, { abortSignal: abort.signal });
    await arrived;
    remove();
    abort.abort();
    await assert.rejects(write);
    assert.equal(await list(disk), '');
    release(undefined);
    while ((await list(disk)) === '') await new Promise((wake) => setImmediate(wake));
    assert.equal(await list(disk), '0-0 w');
  });
});

describe('counts', () => {
  it('tell operations, accounts and bytes', async () => {
    const { blob, emulator } = await rig();
    const disk = await blob('disk', 8 * PAGE);
    emulator.resetCounts();
    await put(disk, 0, 'a', 2);
    await disk.clearPages(PAGE, PAGE);
    await disk.downloadToBuffer(0, 3 * PAGE);
    const { byOperation, byAccount, pages: written, bytesIn, bytesOut } = emulator.counts;
    assert.deepEqual(byOperation, { PutPage: 1, ClearPages: 1, GetBlob: 1 });
    assert.deepEqual(byAccount, { devstoreaccount1: 3 });
    assert.deepEqual(written, { put: 2 * PAGE, putFromUrl: 0, cleared: PAGE, read: 3 * PAGE });
    assert.deepEqual([bytesIn, bytesOut], [2 * PAGE, 3 * PAGE]);
  });
});

/** The verbs of the fault proxy: what the client meets, and what the service behind has done. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BlobServiceClient, newPipeline, StorageSharedKeyCredential, type PageBlobClient } from '@azure/storage-blob';
import { startFaultProxy, type FaultProxy } from '../support/faultProxy/faultProxy.ts';
import type { Verb } from '../support/faultProxy/verbs.ts';
import type { Emulator } from '../support/emulator/emulator.ts';
import { startEmulator } from '../support/emulator/emulator.ts';
import { list, PAGE, pages, put, refuses } from './emulatorRig.ts';

describe('the fault proxy', () => {
  let emulator: Emulator;
  let proxy: FaultProxy;
  let direct: PageBlobClient;
  let disk: PageBlobClient;
  let count = 0;

  before(async () => {
    emulator = await startEmulator();
    proxy = await startFaultProxy(emulator.port);
  });
  after(async () => {
    await proxy.close();
    await emulator.close();
  });

  /** A fresh blob of 8 pages; the next request through the proxy meets `verb`. */
  async function meets(verb: Verb): Promise<void> {
    const { name, key } = emulator.accounts[0]!;
    const pipeline = newPipeline(new StorageSharedKeyCredential(name, key), { retryOptions: { maxTries: 1 } });
    const open = (endpoint: string) => new BlobServiceClient(endpoint, pipeline).getContainerClient('disks');
    const container = open(emulator.blobEndpoint(name));
    await container.createIfNotExists();
    direct = container.getPageBlobClient(`disk${++count}`);
    await direct.create(8 * PAGE);
    disk = open(`http://${proxy.host}/${name}`).getPageBlobClient(direct.name);
    proxy.decide = () => {
      proxy.decide = undefined;
      return verb;
    };
  }

  it('lets everything else through, with metadata as it was written', async () => {
    await meets({ verb: 'slow', ms: 1 });
    await disk.setMetadata({ CamelCase: 'kept' });
    assert.equal((await direct.getProperties()).metadata?.['camelcase'] ?? (await direct.getProperties()).metadata?.['CamelCase'], 'kept');
    await put(disk, 0, 'a', 2);
    assert.deepEqual(await disk.downloadToBuffer(), await direct.downloadToBuffer());
    assert.equal(await list(disk), '0-1 w');
  });

  it('drops a request, or only its answer', async () => {
    await meets({ verb: 'drop' });
    await assert.rejects(put(disk, 0, 'a'));
    assert.equal(await list(direct), '');
    await meets({ verb: 'loseAnswer' });
    await assert.rejects(put(disk, 0, 'a'));
    assert.equal(await list(direct), '0-0 w');
  });

  it('delivers late, when it is told to', async () => {
    await meets({ verb: 'late' });
    await assert.rejects(put(disk, 0, 'a'));
    assert.equal(await list(direct), '');
    assert.equal(await proxy.deliverLate(), 1);
    assert.equal(await list(direct), '0-0 w');
  });

  it('delivers twice', async () => {
    await meets({ verb: 'duplicate' });
    await disk.createSnapshot();
    assert.equal(emulator.store.snapshots({ account: disk.accountName, container: 'disks', blob: disk.name }).length, 2);
  });

  it('delivers once more, when it is told to', async () => {
    await meets({ verb: 'echo' });
    await put(disk, 0, 'a');
    await direct.clearPages(0, PAGE);
    assert.equal(await proxy.deliverLate(), 1);
    assert.equal(await list(direct), '0-0 w');
  });

  it('cuts a request, which then has no effect', async () => {
    await meets({ verb: 'cutRequest' });
    await assert.rejects(put(disk, 0, 'a', 4));
    assert.equal(await list(direct), '');
  });

  it('cuts an answer, openly or not', async () => {
    await meets({ verb: 'cutAnswer' });
    await assert.rejects(disk.getPageRanges(0, PAGE));
    await meets({ verb: 'cutAnswer', cleanly: true });
    await assert.rejects(disk.getPageRanges(0, PAGE));
  });

  it('flips one bit on either way', async () => {
    await meets({ verb: 'flipRequest', at: 0 });
    await put(disk, 0, 'a');
    assert.equal((await direct.downloadToBuffer())[0], 'a'.charCodeAt(0) ^ 1);
    await put(direct, 0, 'a');
    proxy.decide = () => ({ verb: 'flipAnswer', at: 0 });
    assert.equal((await disk.downloadToBuffer(0, PAGE))[0], 'a'.charCodeAt(0) ^ 1);
  });

  it('answers by itself, with or without the effect', async () => {
    await meets({ verb: 'status', status: 503, code: 'ServerBusy' });
    await refuses(put(disk, 0, 'a'), 503, 'ServerBusy');
    assert.equal(await list(direct), '');
    await meets({ verb: 'status', status: 500, code: 'OperationTimedOut', afterEffect: true });
    await refuses(put(disk, 0, 'a'), 500, 'OperationTimedOut');
    assert.equal(await list(direct), '0-0 w');
  });

  it('never answers', async () => {
    await meets({ verb: 'stall' });
    const stop = new AbortController();
    const call = disk.uploadPages(pages('a'), 0, PAGE, { abortSignal: stop.signal });
    while (!proxy.fired.includes('stall')) await new Promise((wake) => setImmediate(wake));
    stop.abort();
    await assert.rejects(call);
    assert.equal(await list(direct), '');
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { openAzure } from '../../src/azure/azure.ts';
import { isBackupError } from '../../src/engine/errors.ts';
import { startEmulator, type Emulator } from '../support/emulator/emulator.ts';
import { PAGE_BLOB_LIMITS } from '../support/shaping/serviceLimit.ts';
import { reached, shape } from '../support/shaping/shape.ts';

const SIZE = 4 * 1024 * 1024;

/** What relayed pages are checked by, over HTTP. */
describe('relayed pages and the limits of a service', () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
    for (const { name } of emulator.accounts) {
      await BlobServiceClient.fromConnectionString(emulator.connectionString(name)).getContainerClient('vhds').create();
    }
  });
  after(() => emulator.close());

  async function scene(name: string) {
    const env = Object.fromEntries(
      emulator.accounts.map((account, i) => [`AZURE_STORAGE_CONNECTION_STRING_${i}`, emulator.connectionString(account.name)]),
    );
    const azure = openAzure({ env });
    const [source, target] = emulator.accounts.map((account) => azure.pageBlob(`${emulator.blobEndpoint(account.name)}/vhds/${name}`));
    for (const blob of [source!, target!]) await blob.create(SIZE, {});
    await source!.writePages(0, new Uint8Array(1024).fill(7));
    return { source: source!, target: target! };
  }

  it('unchecked bytes are written with the checksum of their source, whole', async () => {
    const { source, target } = await scene('whole');
    const sums: (string | undefined)[] = [];
    const remove = emulator.onRequest(({ operation, headers }) => void (operation === 'PutPage' && sums.push(headers['content-md5'])));
    const bytes = await source.image().read({ start: 0, end: 1024 }, { unchecked: true });
    await target.writePages(0, bytes);
    await target.writePages(0, new Uint8Array(bytes));
    remove();
    assert.ok(sums[0] !== undefined && sums[0] === sums[1], 'the same as one computed here');
  });

  it('bytes that were damaged on the way from the source, or changed here, are refused by the target', async () => {
    const { source, target } = await scene('damaged');
    const remove = emulator.onRequest(({ operation }) => (operation === 'GetBlob' ? { kind: 'flipBit' } : undefined));
    const damaged = await source.image().read({ start: 0, end: 1024 }, { unchecked: true });
    await assert.rejects(source.image().read({ start: 0, end: 1024 }), (error) => isBackupError(error, 'checksumMismatch'));
    remove();
    const isRefused = (error: unknown) => isBackupError(error, 'checksumMismatch') && error.effect === 'none';
    await assert.rejects(target.writePages(0, damaged), isRefused);
    const changed = await source.image().read({ start: 0, end: 1024 });
    changed[5] = 1;
    await assert.rejects(target.writePages(0, changed), isRefused);
    assert.deepEqual(await target.image().read({ start: 0, end: 1024 }), new Uint8Array(1024));
  });

  it('beyond its limits the shaped service refuses: throttled, without effect, with the wait it asks for, in one attempt', async () => {
    const { target } = await scene('shaped');
    const { seen, remove } = shape(emulator, {
      limits: { ...PAGE_BLOB_LIMITS, blob: { bytes: SIZE, requests: 2 }, burstMs: 1000 },
      roundTrip: 2,
    });
    const pages = new Uint8Array(512).fill(1);
    const ends = await Promise.allSettled([0, 512, 1024, 1536].map((offset) => target.writePages(offset, pages)));
    remove();
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    assert.equal(refused.length, 2);
    for (const error of refused) assert.ok(isBackupError(error, 'throttled') && error.effect === 'none' && error.retryAfter === 1000);
    assert.equal(seen.length, 4, 'the SDK repeats nothing');
    assert.equal(reached(seen, PAGE_BLOB_LIMITS.blob).refused, 2);
    const written = await target.image().read({ start: 0, end: 2048 });
    assert.equal(written.filter((byte) => byte === 1).length, 1024);
  });
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { BlobHandle } from '../../../src/azure/blobHandle.ts';
import { digestOf, keepDigest } from '../../../src/azure/digests.ts';
import { readPages } from '../../../src/azure/readPages.ts';
import { isBackupError } from '../../../src/engine/errors.ts';

const LENGTH = 1024;
const RANGE = { start: 0, end: LENGTH };
const whole = new Uint8Array(LENGTH).map((_, i) => i % 251);

function md5(bytes: Uint8Array): Uint8Array {
  return createHash('md5').update(bytes).digest();
}

/** A blob whose service answers with these chunks. */
function answering(chunks: readonly Uint8Array[], contentMD5: Uint8Array | undefined): BlobHandle {
  const readableStreamBody = (async function* body() {
    yield* chunks;
  })();
  const answer = { contentLength: LENGTH, contentMD5, readableStreamBody };
  const client = { download: async () => answer };
  const call = (_: unknown, send: (of: typeof client) => Promise<unknown>) => send(client);
  return { url: 'https://disks.example/vhds/disk.vhd', call } as unknown as BlobHandle;
}

describe('readPages', () => {
  it('fills the array that it is given, and frees the chunks', async () => {
    const chunks = [whole.slice(0, 600), whole.slice(600)];
    const into = new Uint8Array(LENGTH);
    assert.equal(await readPages(answering(chunks, md5(whole)), RANGE, { into }), into);
    assert.deepEqual(into, whole);
    assert.deepEqual(
      chunks.map(({ length }) => length),
      [0, 0],
    );
  });

  it('leaves memory alone that chunks share with others', async () => {
    const shared = new Uint8Array(2 * LENGTH);
    shared.set(whole, LENGTH);
    const chunks = [shared.subarray(LENGTH, LENGTH + 600), shared.subarray(LENGTH + 600)];
    assert.deepEqual(await readPages(answering(chunks, md5(whole)), RANGE, {}), whole);
    assert.deepEqual(shared.subarray(LENGTH), whole);
  });

  it('sums up all bytes where it lay them', async () => {
    const damaged = whole.slice();
    damaged[LENGTH - 1]! ^= 1;
    for (const chunks of [[damaged.slice()], [damaged.slice(0, 3), damaged.slice(3)]]) {
      await assert.rejects(readPages(answering(chunks, md5(whole)), RANGE, {}), (error) => isBackupError(error, 'checksumMismatch'));
    }
  });

  it('an array that is used again goes with the checksum of what is in it now', async () => {
    const into = new Uint8Array(LENGTH);
    const wrong = md5(new Uint8Array(1));
    await readPages(answering([whole.slice()], wrong), RANGE, { into, unchecked: true });
    assert.deepEqual(digestOf(into), wrong, 'as its service gave it, for the target to check');
    await readPages(answering([whole.slice()], undefined), RANGE, { into, unchecked: true });
    assert.deepEqual(digestOf(into), md5(whole));
    keepDigest(into, undefined);
    assert.deepEqual(digestOf(into), md5(whole));
  });
});

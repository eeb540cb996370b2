import { createHash, type Hash } from 'node:crypto';
import { BackupError } from '../engine/errors.ts';
import type { ReadOptions } from '../engine/pageBlob.ts';
import { lengthOf, type PageRange } from '../engine/ranges/pageRange.ts';
import type { BlobHandle } from './blobHandle.ts';
import { breath } from './breath.ts';
import { keepDigest } from './digests.ts';
import { couldNot } from './errorMap.ts';

/**
 * Reads exactly `range` in one attempt and checks it against the service's MD5 of the range (REST: Get Blob, x-ms-range-get-content-md5). Unchecked bytes
 * keep that MD5 for the write they are handed to.
 * @throws checksumMismatch, incompleteAnswer, badInput for a range beyond the end
 */
export function readPages(handle: BlobHandle, range: PageRange, { signal, unchecked = false, into }: ReadOptions): Promise<Uint8Array> {
  const bytes = lengthOf(range);
  return handle.call({ operation: 'read', signal, bytes }, async (client, both) => {
    const answer = await client.download(range.start, bytes, { abortSignal: both, rangeGetContentMD5: true, maxRetryRequests: 0 });
    const stream = answer.readableStreamBody as (AsyncIterable<Uint8Array> & { destroy(): void }) | undefined;
    const fail = (why: string, code: 'incompleteAnswer' | 'badInput' | 'notPageBlob' = 'incompleteAnswer'): BackupError => {
      stream?.destroy();
      const text = `${couldNot({ operation: 'read', target: handle.url })}: ${why}.`;
      return new BackupError(code, text, { retryable: code === 'incompleteAnswer', effect: 'unknown' });
    };
    if (answer.blobType !== undefined && answer.blobType !== 'PageBlob') throw fail('it is not a page blob', 'notPageBlob');
    if (beyondEnd(answer.contentRange, range)) throw fail('the range lies outside of the blob', 'badInput');
    if (answer.contentLength !== bytes || !stream) throw fail(`the service gave ${answer.contentLength ?? 0} of ${bytes} bytes`);
    const result = into?.length === bytes ? into : new Uint8Array(bytes);
    const { contentMD5 } = answer;
    const hash = contentMD5 && !unchecked ? createHash('md5') : undefined;
    if (!(await collect(stream, result, hash))) throw fail('the answer has another length than it says');
    if (contentMD5 && hash) requireMd5(hash.digest(), contentMD5, handle.url);
    keepDigest(result, contentMD5);
    return result;
  });
}

/** Fills `result` with the bytes of a stream, and hashes what came to lie there. @returns false when there are more or fewer of them */
async function collect(stream: AsyncIterable<Uint8Array>, result: Uint8Array, hash: Hash | undefined): Promise<boolean> {
  let at = 0;
  for await (const chunk of stream) {
    const end = at + chunk.length;
    if (end > result.length) return false;
    result.set(chunk, at);
    hash?.update(result.subarray(at, end));
    at = end;
    letGo(chunk);
    await breath();
  }
  return at === result.length;
}

/**
 * Frees the memory of a chunk whose bytes have been copied. Left to the collector, gigabytes of chunks make it stop everything again and again, and in
 * an editor, whose memory is large, for long.
 */
function letGo({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

function requireMd5(found: Buffer, expected: Uint8Array, label: string): void {
  if (found.equals(expected)) return;
  throw new BackupError('checksumMismatch', `What was read from ${label} is not what the service sent: the checksum differs.`, {
    retryable: true,
  });
}

/** Content-Range: `bytes 0-511/1024`. */
function beyondEnd(contentRange: string | undefined, range: PageRange): boolean {
  const length = /\/(\d+)$/.exec(contentRange ?? '')?.[1];
  return length !== undefined && Number(length) < range.end;
}

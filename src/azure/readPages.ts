import { createHash } from 'node:crypto';
import { BackupError } from '../engine/errors.ts';
import type { ReadOptions } from '../engine/pageBlob.ts';
import { lengthOf, type PageRange } from '../engine/ranges/pageRange.ts';
import type { BlobHandle } from './blobHandle.ts';
import { keepDigest } from './digests.ts';
import { couldNot } from './errorMap.ts';

/**
 * Reads exactly `range` in one attempt and checks it against the service's MD5 of the range (REST: Get Blob, x-ms-range-get-content-md5). Unchecked bytes
 * keep that MD5 for the write they are handed to.
 * @throws checksumMismatch, incompleteAnswer, badInput for a range beyond the end
 */
export function readPages(handle: BlobHandle, range: PageRange, { signal, unchecked = false }: ReadOptions): Promise<Uint8Array> {
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
    const result = await collect(stream, bytes);
    if (!result) throw fail('the answer has another length than it says');
    if (!answer.contentMD5) return result;
    if (!unchecked) requireMd5(result, answer.contentMD5, handle.url);
    keepDigest(result, answer.contentMD5);
    return result;
  });
}

/** The bytes of a stream, or undefined when there are more or fewer than expected. */
async function collect(stream: AsyncIterable<Uint8Array>, bytes: number): Promise<Uint8Array | undefined> {
  const result = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of stream) {
    if (at + chunk.length > bytes) return undefined;
    result.set(chunk, at);
    at += chunk.length;
  }
  return at === bytes ? result : undefined;
}

function requireMd5(bytes: Uint8Array, expected: Uint8Array, label: string): void {
  if (createHash('md5').update(bytes).digest().equals(expected)) return;
  throw new BackupError('checksumMismatch', `What was read from ${label} is not what the service sent: the checksum differs.`, {
    retryable: true,
  });
}

/** Content-Range: `bytes 0-511/1024`. */
function beyondEnd(contentRange: string | undefined, range: PageRange): boolean {
  const length = /\/(\d+)$/.exec(contentRange ?? '')?.[1];
  return length !== undefined && Number(length) < range.end;
}

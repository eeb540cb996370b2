import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes a file piece by piece. It gets its name once it is whole, so that nobody takes half of it for all.
 * @throws what the file system throws; AbortError
 */
export async function writeText(path: string, pieces: Iterable<string>, signal: AbortSignal): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(Readable.from(pieces, { objectMode: true, highWaterMark: 1 }), createWriteStream(part), { signal });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

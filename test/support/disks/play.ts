import { MAX_WRITE } from '../../../src/engine/ranges/pageRange.ts';
import type { PageRange } from '../../../src/engine/ranges/pageRange.ts';
import type { Disk } from './disk.ts';

/** The part of a page blob that a host needs to put a VM's writes there; the engine's `PageBlob` is one. */
export interface BlobWriter {
  writePages(offset: number, bytes: Uint8Array): Promise<unknown>;
  clearPages(range: PageRange): Promise<unknown>;
}

export interface Played {
  /** Bytes. */
  readonly written: number;
  readonly cleared: number;
}

/**
 * Does to a page blob what was done to the disk since the last call, as the host of a VM does: writes what was written, clears what was trimmed.
 * At the first call that is all the disk holds. Afterwards blob and image are equal, in bytes and in allocated pages.
 */
export async function playInto(blob: BlobWriter, disk: Disk): Promise<Played> {
  const touched = disk.touched();
  let written = 0;
  let cleared = 0;
  for (const range of touched.discarded) {
    await blob.clearPages(range);
    cleared += range.end - range.start;
  }
  for (const { start, end } of touched.written) {
    for (let at = start; at < end; at += MAX_WRITE) {
      const bytes = disk.read({ start: at, end: Math.min(end, at + MAX_WRITE) });
      await blob.writePages(at, bytes);
      written += bytes.length;
    }
  }
  return { written, cleared };
}

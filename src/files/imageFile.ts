import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BackupError, throwIfCancelled } from '../engine/errors.ts';
import type { CallOptions, Image } from '../engine/pageBlob.ts';
import { lengthOf, PAGE, type PageRange } from '../engine/ranges/pageRange.ts';
import type { RangeWindow } from '../engine/ranges/rangeWindow.ts';
import { inPlainWords } from './fileProblem.ts';
import { fileSystem, type FileSystem } from './fileSystem.ts';
import { readWhole } from './wholeFile.ts';
import { pagesWithContent } from './zeroPages.ts';

const STEP = 4 * 1024 * 1024;

/** A raw or VHD file on this machine as an image that is only read. Pages of zeros count as not allocated. */
export class ImageFile implements Image {
  readonly label: string;
  readonly #fs: FileSystem;
  #file: Promise<FileHandle> | undefined;

  constructor(path: string, fs: FileSystem = fileSystem) {
    this.label = resolve(path);
    this.#fs = fs;
  }

  /** @throws unaligned when the file is no whole number of pages, fileProblem */
  async length(): Promise<number> {
    const info = await inPlainWords('look at', this.label, async () => (await this.#open()).stat());
    if (!info.isFile()) throw new BackupError('fileProblem', `${this.label} is not a file.`, { hint: 'Name the file of a disk image.' });
    if (info.size % PAGE !== 0) throw unaligned(this.label, info.size);
    return info.size;
  }

  async *allocated(within: PageRange, { signal }: CallOptions = {}): AsyncGenerator<RangeWindow> {
    for (let { start } = within; start < within.end;) {
      throwIfCancelled(signal);
      const end = Math.min(start + STEP, within.end);
      yield { start, end, ranges: pagesWithContent(start, await this.read({ start, end })) };
      start = end;
    }
  }

  async read(range: PageRange, { signal }: CallOptions = {}): Promise<Uint8Array> {
    throwIfCancelled(signal);
    return inPlainWords('read from', this.label, async () => readWhole(await this.#open(), range.start, lengthOf(range), this.label));
  }

  /** Closes the file; a later call opens it again. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await (await file?.catch(() => undefined))?.close();
  }

  #open(): Promise<FileHandle> {
    this.#file ??= this.#fs.open(this.label, 'r');
    return this.#file;
  }
}

function unaligned(path: string, size: number): BackupError {
  return new BackupError('unaligned', `${path} has ${size} bytes, which is no multiple of ${PAGE}: it is not the image of a whole disk.`, {
    unharmed: 'Nothing was changed.',
    hint: `Was it cut short? It ends ${size % PAGE} bytes into a page.`,
  });
}

import type { Image } from '../engine/pageBlob.ts';
import type { Retrier } from '../engine/transfer/retrier.ts';

/** Bytes of a sector: page blobs are given to VMs as disks of 512-byte sectors. */
export const SECTOR = 512;

/** Reads single sectors of an image, none twice. */
export class Sectors {
  /** Bytes of the image. */
  readonly length: number;
  readonly #image: Image;
  readonly #retrier: Retrier;
  readonly #signal: AbortSignal | undefined;
  readonly #known = new Map<string, Promise<Buffer>>();

  constructor(image: Image, length: number, retrier: Retrier, signal: AbortSignal | undefined) {
    this.length = length;
    this.#image = image;
    this.#retrier = retrier;
    this.#signal = signal;
  }

  /** `count` sectors (at most 4 MiB) from sector `first` on; undefined where the image does not hold all of them. */
  async read(first: number, count = 1): Promise<Buffer | undefined> {
    const start = first * SECTOR;
    const end = start + count * SECTOR;
    if (!Number.isSafeInteger(start) || start < 0 || count <= 0 || end > this.length) return undefined;
    const key = `${start}-${end}`;
    const signal = this.#signal;
    const known = this.#known.get(key);
    if (known) return await known;
    const reading = this.#retrier.repeat('reading pages', () => this.#image.read({ start, end }, { signal }), signal);
    const bytes = reading.then((read) => Buffer.from(read.buffer, read.byteOffset, read.byteLength));
    this.#known.set(key, bytes);
    return await bytes;
  }
}

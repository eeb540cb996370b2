import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BlobServiceClient, type ContainerClient, type PageBlobClient } from '@azure/storage-blob';
import type { Reached, Shape } from '../test/support/shaping/shape.ts';
import type { Ask, Told, Traffic } from './server.ts';

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url));

/** An emulator in a process of its own with two accounts. */
export class Ground {
  readonly env: Readonly<Record<string, string>>;
  readonly disks: ContainerClient;
  readonly backups: ContainerClient;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, [first, second]: readonly string[]) {
    this.#child = child;
    this.env = { AZURE_STORAGE_CONNECTION_STRING_1: first!, AZURE_STORAGE_CONNECTION_STRING_2: second! };
    this.disks = BlobServiceClient.fromConnectionString(first!).getContainerClient('disks');
    this.backups = BlobServiceClient.fromConnectionString(second!).getContainerClient('backups');
  }

  static async start(): Promise<Ground> {
    const child = fork(SERVER, { execArgv: ['--max-old-space-size=8192'] });
    const [{ connections }] = (await once(child, 'message')) as [{ connections: string[] }];
    const ground = new Ground(child, connections);
    await Promise.all([ground.disks.create(), ground.backups.create()]);
    return ground;
  }

  /** Does something and tells what went through the emulator meanwhile. */
  async counted<T>(work: () => Promise<T>): Promise<T & Traffic> {
    await this.#ask({ ask: 'reset' });
    const result = await work();
    const { counts } = await this.#ask({ ask: 'counts' });
    return { ...result, ...counts! };
  }

  /** Puts a service's limits before the emulator, or takes them off. */
  async shape(shape: Shape | undefined): Promise<void> {
    await this.#ask({ ask: 'shape', shape });
  }

  /** How far the limits were used by the writes to these blobs; null for all together. */
  async reached(blobs: readonly (string | null)[], allowed: { bytes: number; requests: number }): Promise<readonly Reached[]> {
    return (await this.#ask({ ask: 'reached', blobs, ...allowed })).reached!;
  }

  stop(): void {
    this.#child.disconnect();
  }

  async #ask(ask: Ask): Promise<Told> {
    this.#child.send(ask);
    const [told] = (await once(this.#child, 'message')) as [Told];
    return told;
  }
}

const PIECE = 4 * 1024 ** 2;

/** Makes a disk of which the first part is written with bytes that do not repeat. */
export async function fill(blob: PageBlobClient, length: number, written: number, seed: number): Promise<void> {
  await blob.create(length);
  await write(blob, everyNth(length, PIECE, written / length), PIECE, seed);
}

/** Starts of pieces, evenly spread, of which a share is taken. */
export function everyNth(length: number, pitch: number, share: number): number[] {
  const all = Math.floor(length / pitch);
  const count = Math.round(all * share);
  return Array.from({ length: count }, (_, i) => Math.floor((i * all) / count) * pitch);
}

/** Writes `size` bytes at each offset. */
export async function write(blob: PageBlobClient, offsets: readonly number[], size: number, seed: number): Promise<void> {
  const work = offsets.values();
  const bytes = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i += 4) bytes.writeUInt32LE((i * 2_654_435_761 + seed * 40_503) >>> 0, i);
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const offset of work) {
        // Every piece is told apart by its start.
        const own = Buffer.from(bytes);
        own.writeDoubleLE(offset + seed, 0);
        await blob.uploadPages(own, offset, size);
      }
    }),
  );
}

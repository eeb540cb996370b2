import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BlobServiceClient, type ContainerClient, type PageBlobClient } from '@azure/storage-blob';

const MAIN = fileURLToPath(new URL('../test/support/emulator/main.ts', import.meta.url));

/** An emulator in a process of its own with two accounts, so that its work is not counted as anybody's. */
export interface Ground {
  readonly env: Readonly<Record<string, string>>;
  readonly disks: ContainerClient;
  readonly backups: ContainerClient;
  stop(): void;
}

export async function startGround(): Promise<Ground> {
  const child = spawn(process.execPath, ['--max-old-space-size=8192', MAIN, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [first, second] = await connectionStrings(child);
  const containers = [first!, second!].map((text, i) =>
    BlobServiceClient.fromConnectionString(text).getContainerClient(i === 0 ? 'disks' : 'backups'),
  );
  for (const container of containers) await container.create();
  const env = { AZURE_STORAGE_CONNECTION_STRING_1: first!, AZURE_STORAGE_CONNECTION_STRING_2: second! };
  return { env, disks: containers[0]!, backups: containers[1]!, stop: () => void child.kill() };
}

async function connectionStrings(child: ChildProcess): Promise<string[]> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    const found = text.match(/^.*AccountName=.*$/gm)?.map((line) => line.slice(line.indexOf('DefaultEndpoints')));
    if (found && found.length >= 2 && text.endsWith('\n')) return found;
  }
  throw new Error('The emulator did not start.');
}

const PIECE = 4 * 1024 ** 2;

/** Fills `share` of the blob's 4 MiB pieces with bytes that do not repeat. */
export async function fill(blob: PageBlobClient, length: number, share: number, seed: number): Promise<void> {
  await blob.create(length);
  await writePieces(blob, length, PIECE, share, seed);
}

/** Writes `size` bytes at the start of a share of the blob's 4 MiB pieces, chosen and filled by `seed`. */
export async function writePieces(blob: PageBlobClient, length: number, size: number, share: number, seed: number): Promise<void> {
  const random = mulberry(seed);
  const offsets = Array.from({ length: Math.floor(length / PIECE) }, (_, i) => i * PIECE).filter(() => random() < share);
  const work = offsets.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const offset of work) {
        const bytes = Buffer.allocUnsafe(size);
        for (let i = 0; i < size; i += 4) bytes.writeUInt32LE((offset ^ (i * 2_654_435_761) ^ seed) >>> 0, i);
        await blob.uploadPages(bytes, offset, size);
      }
    }),
  );
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

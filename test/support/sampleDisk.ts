import { join } from 'node:path';
import { BlobServiceClient, type PageBlobClient } from '@azure/storage-blob';
import { runCliProcess } from './cliProcess.ts';
import { makeDisk, type Disk } from './disks/disk.ts';
import { playInto, type Played } from './disks/play.ts';
import type { Emulator } from './emulator/emulator.ts';

const MiB = 1024 ** 2;

/** A disk of a VM: its image file is the truth, its page blob in the emulator is what the VM's host made of it. */
export interface SampleDisk {
  readonly blob: PageBlobClient;
  readonly disk: Disk;
  /** The VM works: adds, changes and deletes files, and trims. Written to the blob as its host would. */
  work(files?: number): Promise<Played>;
}

export interface SampleDiskOptions {
  readonly emulator: Emulator;
  readonly account: string;
  /** Made if it is not there. */
  readonly container: string;
  readonly name: string;
  /** For the image file. */
  readonly folder: string;
  /** Bytes without the VHD's footer: whole MiB, at least 60. */
  readonly size?: number;
  readonly seed?: number;
}

/** Makes a disk with some files on it and its page blob in the emulator. */
export async function makeSampleDisk(options: SampleDiskOptions): Promise<SampleDisk> {
  const { emulator, account, container, name, folder, size = 256 * MiB, seed = 2026 } = options;
  const client = BlobServiceClient.fromConnectionString(emulator.connectionString(account)).getContainerClient(container);
  await client.createIfNotExists();
  const disk = makeDisk({ path: join(folder, name), size, seed });
  const blob = client.getPageBlobClient(name);
  await blob.create(disk.length);
  const host = {
    writePages: (offset: number, bytes: Uint8Array) => blob.uploadPages(bytes, offset, bytes.length),
    clearPages: ({ start, end }: { start: number; end: number }) => blob.clearPages(start, end - start),
  };
  const work = async (files = 6): Promise<Played> => {
    await disk.mutate({ add: files, change: files, delete: Math.floor(files / 2), largest: 2 * MiB });
    await disk.trim();
    return await playInto(host, disk);
  };
  await disk.mutate({ add: 30, largest: 4 * MiB });
  await playInto(host, disk);
  return { blob, disk, work };
}

/** Backs a blob of the emulator up by the real command line. */
export async function backUpByCli(emulator: Emulator, source: string, backup: string): Promise<void> {
  const env = Object.fromEntries(
    emulator.accounts.map(({ name }, i) => [`AZURE_STORAGE_CONNECTION_STRING_${i}`, emulator.connectionString(name)]),
  );
  const { status, stderr } = await runCliProcess(['backup', source, backup, '--json'], { env });
  if (status !== 0) throw new Error(`The backup of ${source} ended with status ${status}.\n${stderr}`);
}

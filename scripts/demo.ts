/**
 * Shows the whole product on a real disk: a partitioned ext4 in a fixed VHD, two emulated storage accounts, the real command line. Every recovery
 * point is restored to a file and to a blob and compared with the disk as it was then. Exit status 0 only if all is equal.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, type PageBlobClient } from '@azure/storage-blob';
import { runCliProcess, type CliRun } from '../test/support/cliProcess.ts';
import { makeDisk } from '../test/support/disks/disk.ts';
import { playInto } from '../test/support/disks/play.ts';
import { filesIn } from '../test/support/disks/readFiles.ts';
import { startEmulator, type Emulator } from '../test/support/emulator/emulator.ts';
import { sha256OfFile, sha256OfRanges } from '../test/support/oracle.ts';

const MiB = 1024 ** 2;
const DISK_SIZE = 1024 * MiB;
const started = Date.now();

interface Point {
  readonly title: string;
  readonly sha256: string;
  readonly changed: number;
  readonly snapshot: string;
  readonly run: CliRun['last'];
  readonly requests: number;
}

const folder = await mkdtemp(join(tmpdir(), 'page-blob-backup-demo-'));
const emulator = await startEmulator();
let equal = true;
try {
  const [source, backup] = await containers(emulator);
  const env = Object.fromEntries(
    emulator.accounts.map(({ name }, i) => [`AZURE_STORAGE_CONNECTION_STRING_${i}`, emulator.connectionString(name)]),
  );
  const cli = (...args: string[]) => runCliProcess([...args, '--json'], { env });
  const disk = makeDisk({ path: join(folder, 'disk.vhd'), size: DISK_SIZE, seed: 2026 });
  const live = source.getPageBlobClient('disk.vhd');
  await live.create(disk.length);
  const vm = {
    writePages: (offset: number, bytes: Uint8Array) => live.uploadPages(bytes, offset, bytes.length),
    clearPages: ({ start, end }: { start: number; end: number }) => live.clearPages(start, end - start),
  };
  const target = backup.getPageBlobClient('disk.vhd').url;

  const points: Point[] = [];
  const backUp = async (title: string, ...options: string[]): Promise<void> => {
    const changed = await playInto(vm, disk);
    emulator.resetCounts();
    const run = await cli('backup', live.url, target, ...options);
    if (run.status !== 0) throw new Error(`The backup ended with status ${run.status}.\n${run.stderr}`);
    const { requests } = emulator.counts;
    const sha256 = await sha256OfFile(disk.path);
    const snapshot = String(run.last['recoveryPoint']);
    points.push({ title, sha256, changed: changed.written + changed.cleared, snapshot, run: run.last, requests });
    say(`${title}: ${words(run.last)}`);
  };

  say(`A fixed VHD of ${size(disk.length)}: GPT, an EFI partition and an ext4.`);
  await disk.mutate({ add: 60, largest: 8 * MiB });
  await backUp('full backup');
  await disk.mutate({ add: 10, change: 8, delete: 12, largest: 4 * MiB });
  await disk.trim();
  await backUp('incremental: files added, changed, deleted, disk trimmed');
  await disk.mutate({ add: 5, change: 10, delete: 3, largest: 2 * MiB });
  await backUp('incremental, relayed', '--transfer', 'relay');

  for (const [i, { title, sha256, snapshot }] of points.entries()) {
    const point = `${target}?snapshot=${encodeURIComponent(snapshot)}`;
    const path = join(folder, `restored-${i}.vhd`);
    const blob = source.getPageBlobClient(`restored-${i}.vhd`);
    const toFile = await cli('restore', point, path);
    const toBlob = await cli('restore', point, blob.url);
    const fileIsEqual = toFile.status === 0 && (await sha256OfFile(path)) === sha256;
    const blobIsEqual = toBlob.status === 0 && (await sha256OfBlob(blob)) === sha256;
    say(`restored ${title}: file ${fileIsEqual ? 'equal' : 'DIFFERENT'}, blob ${blobIsEqual ? 'equal' : 'DIFFERENT'}`);
    if (!fileIsEqual || !blobIsEqual) process.stderr.write(`${toFile.stderr}${toBlob.stderr}`);
    equal &&= fileIsEqual && blobIsEqual;
    if (i === points.length - 1) equal &&= await filesAreEqual(path, disk.files);
  }

  table(points, disk.length);
  say(`${equal ? 'All equal' : 'NOT EQUAL'}, ${Math.round((Date.now() - started) / 1000)} s.`);
} finally {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = equal ? 0 : 1;

async function containers(service: Emulator) {
  const [first, second] = service.accounts.map(({ name }) => BlobServiceClient.fromConnectionString(service.connectionString(name)));
  const made = [first!.getContainerClient('vhds'), second!.getContainerClient('backups')] as const;
  await Promise.all(made.map((container) => container.create()));
  return made;
}

async function filesAreEqual(path: string, expected: Map<string, string>): Promise<boolean> {
  const found = await filesIn(path);
  const same = found.size === expected.size && [...expected].every(([name, hash]) => found.get(name) === hash);
  say(`files on the newest restored disk: ${found.size}, ${same ? 'all equal' : 'DIFFERENT'}`);
  return same;
}

async function sha256OfBlob(blob: PageBlobClient): Promise<string> {
  const { contentLength } = await blob.getProperties();
  const ranges: { start: number; end: number }[] = [];
  for await (const { start, end } of blob.listPageRanges()) ranges.push({ start, end: end + 1 });
  return sha256OfRanges(contentLength!, ranges, ({ start, end }) => blob.downloadToBuffer(start, end - start));
}

function words(run: CliRun['last']): string {
  return `${String(run['kind'])}, ${size(Number(run['written']))} written, ${size(Number(run['cleared']))} cleared, by ${String(run['transfer'])} transfer`;
}

function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}

function table(points: readonly Point[], length: number): void {
  const rows = points.map(({ title, changed, run, requests }) => [
    title.split(':')[0]!,
    size(length),
    size(changed),
    size(Number(run['transferred'])),
    String(requests),
  ]);
  const all = [['run', 'disk', 'changed', 'moved', 'requests'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  for (const row of all)
    say(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('   '));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

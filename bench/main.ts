/** `npm run bench`: one table of what things take on this machine, ours beside AzCopy on the same emulator. Timings live here, never in tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PageBlobClient } from '@azure/storage-blob';
import { findAzCopy } from '../test/support/azcopy.ts';
import { azCopy } from './azcopy.ts';
import type { DifferencePageFigures } from './differencePage.ts';
import { fill, startGround, writePieces, type Ground } from './ground.ts';
import { measure, medianOf, type Measured } from './measure.ts';
import { restoring } from './restoring.ts';

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;
const RUNS = Number(process.env['PBB_BENCH_RUNS'] ?? 3);
const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const PLANNING = fileURLToPath(new URL('planning.ts', import.meta.url));
const DIFFERENCE = fileURLToPath(new URL('difference.ts', import.meta.url));
const DIFFERENCE_PAGE = fileURLToPath(new URL('differencePage.ts', import.meta.url));

interface Row {
  readonly what: string;
  readonly who: string;
  readonly measured: Measured;
  readonly ratio?: number;
  readonly note?: string;
}

const rows: Row[] = [];
const scratch = await mkdtemp(join(tmpdir(), 'page-blob-backup-bench-'));
const { binary, absent } = findAzCopy();
const ground = await startGround();
try {
  await planning();
  await difference();
  await differencePage();
  await wholeCopy('dense', 1);
  await wholeCopy('sparse, one eighth written', 0.125);
  await incremental();
  await hugeSparse();
  rows.push(...(await restoring({ ground, runs: RUNS, cli: CLI, binary, scratch })));
} finally {
  ground.stop();
  await rm(scratch, { recursive: true, force: true });
}
print();

async function planning(): Promise<void> {
  const measured = await medianOf(RUNS, () => measure(process.execPath, [PLANNING, '1000000']));
  const { seconds } = JSON.parse(measured.stdout) as { seconds: number };
  rows.push({
    what: 'planning a difference of 1,000,000 ranges on 8 TiB',
    who: 'ours',
    measured: { ...measured, seconds },
    note: 'lists from memory',
  });
}

/** What the picture of a difference takes; the peak memory is that of all its steps. */
async function difference(): Promise<void> {
  const { peakMemory, stdout } = await medianOf(RUNS, () => measure(process.execPath, [DIFFERENCE, '1000000']));
  const { steps } = JSON.parse(stdout) as { steps: { step: string; seconds: number }[] };
  for (const { step, seconds } of steps) {
    const what = `1,000,000 changes on 8 TiB: ${step}`;
    rows.push({ what, who: 'ours', measured: { seconds, peakMemory, stdout }, note: 'lists from memory' });
  }
}

/** What people see of it, in a browser without a graphics card; the memory is that of the page's own objects. */
async function differencePage(): Promise<void> {
  const measured = await medianOf(RUNS, () => measure(process.execPath, [DIFFERENCE_PAGE, '1000000']));
  const { firstPicture, wheel, bar, zoom, memory } = JSON.parse(measured.stdout) as DifferencePageFigures;
  const frames = `95 of 100 frames within ${wheel.p95} ms under the wheel, ${bar.p95} ms under the bar, ${zoom.p95} ms while zooming`;
  rows.push({
    what: '1,000,000 changes on 8 TiB: first picture in the editor',
    who: 'ours',
    measured: { ...measured, seconds: firstPicture / 1000, peakMemory: memory },
    note: frames,
  });
}

async function wholeCopy(kind: string, share: number): Promise<void> {
  const disk = ground.disks.getPageBlobClient(`whole-${share}.vhd`);
  await fill(disk, GiB, share, 1);
  const target = (who: string, i: number) => ground.backups.getPageBlobClient(`whole-${share}-${who}-${i}.vhd`);
  const theirs = await peer(disk, (i) => target('azcopy', i));
  const what = `full copy of 1 GiB, ${kind}`;
  if (theirs) rows.push({ what, who: 'AzCopy', measured: theirs, note: 'copies only, proves nothing' });
  for (const proof of ['ranges', 'sample', 'changed']) {
    const measured = await medianOf(RUNS, async (i) => {
      const blob = target(proof, i);
      const result = await backup(ground, disk, blob, '--proof', proof);
      await blob.delete({ deleteSnapshots: 'include' });
      return result;
    });
    rows.push({ what, who: `ours, server transfer, proof ${proof}`, measured, ...ratioTo(theirs, measured) });
  }
  const relayed = await medianOf(RUNS, (i) => backup(ground, disk, target('relay', i), '--transfer', 'relay', '--proof', 'ranges'));
  rows.push({ what, who: 'ours, relay, proof ranges', measured: relayed, ...ratioTo(theirs, relayed) });
}

async function incremental(): Promise<void> {
  const disk = ground.disks.getPageBlobClient('changing.vhd');
  await fill(disk, GiB, 1, 1);
  const chain = ground.backups.getPageBlobClient('changing.vhd');
  await backup(ground, disk, chain, '--proof', 'ranges');
  const theirs = await peer(disk, (i) => ground.backups.getPageBlobClient(`changing-azcopy-${i}.vhd`));
  const what = 'after a change of 1 % of 1 GiB (64 KiB in 64 of 256 places)';
  if (theirs) rows.push({ what, who: 'AzCopy', measured: theirs, note: 'knows no difference, copies all' });
  for (const [transfer, proof] of [
    ['server', 'sample'],
    ['relay', 'changed'],
  ] as const) {
    let seed = 100;
    const measured = await medianOf(RUNS, async () => {
      await writePieces(disk, GiB, 64 * 1024, 0.625, ++seed);
      return backup(ground, disk, chain, '--transfer', transfer, '--proof', proof);
    });
    rows.push({ what, who: `ours, ${transfer} transfer, proof ${proof}`, measured, ...ratioTo(theirs, measured) });
  }
}

async function hugeSparse(): Promise<void> {
  const disk = ground.disks.getPageBlobClient('huge.vhd');
  await disk.create(1024 * GiB);
  await writePieces(disk, 1024 * GiB, MiB, 0.001, 7);
  const measured = await backup(ground, disk, ground.backups.getPageBlobClient('huge.vhd'));
  rows.push({ what: 'full backup of 1 TiB, sparse (about 260 MiB written)', who: 'ours', measured });
}

async function peer(disk: PageBlobClient, target: (i: number) => PageBlobClient): Promise<Measured | undefined> {
  if (!binary) return undefined;
  return medianOf(RUNS, async (i) => {
    const result = await azCopy(binary, disk, target(i), scratch);
    await target(i).delete();
    return result;
  });
}

function backup({ env }: Ground, from: PageBlobClient, to: PageBlobClient, ...options: string[]): Promise<Measured> {
  return measure(process.execPath, [CLI, 'backup', from.url, to.url, '--json', ...options], env);
}

function ratioTo(theirs: Measured | undefined, ours: Measured): { ratio?: number } {
  return theirs ? { ratio: ours.seconds / theirs.seconds } : {};
}

function print(): void {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  console.log(
    `${cpus().length} cores (${model.trim()}), ${Math.round(totalmem() / GiB)} GiB, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
  );
  console.log(`median of ${RUNS} runs; the emulator runs on the same machine; ratio: time of ours to AzCopy's\n`);
  console.log('| what | who | seconds | ratio | peak memory | note |\n| --- | --- | ---: | ---: | ---: | --- |');
  for (const { what, who, measured, ratio, note } of rows) {
    const memory = measured.peakMemory === undefined ? 'not told' : `${Math.round(measured.peakMemory / MiB)} MiB`;
    console.log(`| ${what} | ${who} | ${measured.seconds.toFixed(2)} | ${ratio?.toFixed(2) ?? ''} | ${memory} | ${note ?? ''} |`);
  }
  if (absent !== undefined) console.log(`\nNo ratios: ${absent}.`);
}

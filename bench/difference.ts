/** Run by bench/main.ts in a process of its own: gathers a difference of 1,000,000 ranges, draws it, sorts it, and prints what each took. */
import { MemoryStream } from './memoryStream.ts';
import { ChangeList } from '../src/engine/jobs/diff/changeList.ts';
import { ChangeTable } from '../src/engine/jobs/diff/changeTable.ts';
import { runDiff } from '../src/engine/jobs/diff/diff.ts';
import { drawMap } from '../src/engine/jobs/diff/diskMap.ts';
import { PAGE, type PageRange } from '../src/engine/ranges/pageRange.ts';
import type { RangeWindow } from '../src/engine/ranges/rangeWindow.ts';
import { systemWorld } from '../src/files/systemWorld.ts';

const RANGES = Number(process.argv[2] ?? 1_000_000);
const LENGTH = 8 * 1024 ** 4;
const CELLS = 2000;
/** Ranges of 1 to 16,384 pages, in no order of length. */
class VariedStream extends MemoryStream {
  override async *allocated(within: PageRange): AsyncGenerator<RangeWindow> {
    for await (const { start, end, ranges } of super.allocated(within)) {
      const varied = ranges.map((range) => ({ start: range.start, end: Math.min(end, range.start + pagesAt(range.start) * PAGE) }));
      yield { start, end, ranges: varied };
    }
  }
}

function pagesAt(start: number): number {
  return ((Math.imul(start / PAGE, 2_654_435_761) >>> 0) % 16_384) + 1;
}

const steps: { step: string; seconds: number }[] = [];

async function timed<T>(step: string, work: () => T | Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  steps.push({ step, seconds: (performance.now() - began) / 1000 });
  return result;
}

const list = new ChangeList();
await timed('gather the changes', async () => {
  const plan = { job: 'diff', by: 'touched', reason: '', lengthBefore: LENGTH, lengthAfter: LENGTH } as const;
  const [before, after] = ['earlier', 'later'].map((label) => new VariedStream(LENGTH, RANGES, label)) as [VariedStream, VariedStream];
  const request = { before, after, blob: 'memory' };
  for await (const window of runDiff(plan, request, { world: systemWorld })) list.add(window);
});
if (list.count < RANGES * 0.99) throw new Error(`Only ${list.count} ranges were gathered.`);

const source = { changes: list.changes, allocated: list.allocated, length: LENGTH };
await timed(`draw ${CELLS} cells, the whole disk`, () => drawMap(source, { start: 0, end: LENGTH }, CELLS));
await timed(`draw ${CELLS} cells, a thousandth of it`, () =>
  drawMap(source, { start: LENGTH / 2, end: LENGTH / 2 + LENGTH / 1024 }, CELLS),
);
const table = new ChangeTable(list.changes);
const largest = { by: 'length', descending: true } as const;
const order = { by: 'offset', descending: false } as const;
await timed('table: in address order', () => table.rows({}, order, RANGES / 2, 100));
await timed('table: the largest first', () => table.rows({}, largest, 0, 100));
await timed('table: one partition, the largest first', () =>
  table.rows({ within: { start: LENGTH / 4, end: LENGTH }, atLeast: 512 }, largest, 0, 100),
);
await timed('table: scroll', () => table.rows({}, largest, RANGES / 2, 100));
process.stdout.write(`${JSON.stringify({ steps, peakMemory: process.resourceUsage().maxRSS * 1024 })}\n`);

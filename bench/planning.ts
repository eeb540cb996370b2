/** Run by bench/main.ts in a process of its own: counts the work of a difference of 1,000,000 ranges and prints what it took. */
import { MemoryStream } from './memoryStream.ts';
import { countWork, incrementalWork } from '../src/engine/jobs/backup/work.ts';
import { toolsFor } from '../src/engine/tools.ts';
import { systemWorld } from '../src/files/systemWorld.ts';

const RANGES = Number(process.argv[2] ?? 1_000_000);
const LENGTH = 8 * 1024 ** 4;

const original = new MemoryStream(LENGTH, RANGES);
const target = new MemoryStream(LENGTH, RANGES);
const tools = toolsFor({ world: systemWorld });
const began = performance.now();
const count = await countWork(
  incrementalWork({ original, target, within: { start: 0, end: LENGTH }, anchor: 'a', base: 'b', tail: LENGTH }, tools),
);
const seconds = (performance.now() - began) / 1000;
process.stdout.write(`${JSON.stringify({ seconds, peakMemory: process.resourceUsage().maxRSS * 1024, writes: count.writes })}\n`);

// Tries everything at random until the time is over: histories of the whole engine in memory with every job dying at each of its calls, the engine over
// HTTP with faults of the line and foreigners, and processes of the command line that are killed and stopped. A point drawn by lot is restored
// every minute and compared with its source. `npm run soak [-- --minutes N] [--seed N] [--workers N] [--engine] [--line] [--processes]`; all
// three without any of them. Prints figures, also when stopped by Ctrl+C; a failing seed is the bug report, and gives status 1.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { soak, type SoakKind } from '../test/support/soak/soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    /** Cores for the histories in memory. */
    workers: { type: 'string', default: String(availableParallelism()) },
    engine: { type: 'boolean', default: false },
    line: { type: 'boolean', default: false },
    processes: { type: 'boolean', default: false },
  },
});
const [minutes, seed, workers] = [Number(values.minutes), Number(values.seed), Number(values.workers)];
if (!(minutes > 0 && workers >= 1) || !Number.isSafeInteger(seed)) throw new Error('--minutes, --seed and --workers are numbers.');
const all: readonly SoakKind[] = ['engine', 'line', 'processes'];
const chosen = all.filter((kind) => values[kind]);
const kinds = chosen.length > 0 ? chosen : all;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
console.log(`Seed ${seed}, ${minutes} minutes of ${kinds.join(', ')}.`);
process.exitCode = await soak({ minutes, seed, kinds, workers, signal: stop.signal, print: (text) => console.log(text) });

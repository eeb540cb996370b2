// Lives random histories of the whole engine until the time is over, and lets every job die at each of its calls meanwhile:
// `npm run soak [-- --minutes N] [--seed N] [--processes] [--line]`. Prints figures; a failing seed is the bug report, and gives status 1.
import { parseArgs } from 'node:util';
import { soakEngine } from '../test/support/soak/soakEngine.ts';
import { soakFiles } from '../test/support/soak/soakFiles.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    /** Real processes that are killed, stopped and run two at once, instead of the engine in memory. */
    processes: { type: 'boolean', default: false },
    /** Every verb of the fault proxy at every request, instead of the engine in memory. */
    line: { type: 'boolean', default: false },
  },
});
const options = { minutes: Number(values.minutes), seed: Number(values.seed) };
if (!(options.minutes > 0) || !Number.isSafeInteger(options.seed)) throw new Error('--minutes and --seed are numbers.');

console.log(`Seed ${options.seed}, ${options.minutes} minutes.`);
if (values.line) process.exitCode = await soakFiles(['test/integration/line'], { ...options, env: { PBB_LINE_STEP: '1' } });
else if (values.processes) process.exitCode = await soakFiles(['test/integration/processes'], { ...options, env: { PBB_ROUNDS: '25' } });
else process.exitCode = await soakEngine(options);

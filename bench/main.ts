/**
 * `npm run bench`: one table of what things take on this machine, ours beside AzCopy and a plain SDK loop on the same emulator. `-- --only NAME` runs some
 * rows and prints them; without it all are run and docs/BENCHMARKS.md is written. Timings live here, never in tests.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Ground } from './ground.ts';
import { picture } from './picture.ts';
import { azCopyAbsent, Programs } from './programs.ts';
import type { Row, Rows } from './row.ts';
import { applying } from './rows/applying.ts';
import { differencePage } from './rows/differencePage.ts';
import { editor } from './rows/editor.ts';
import { fullCopy } from './rows/full.ts';
import { incremental } from './rows/incremental.ts';
import { incrementalLarge } from './rows/incrementalLarge.ts';
import { difference, planning } from './rows/planning.ts';
import { restoring } from './rows/restoring.ts';
import { shaped } from './rows/shaped.ts';
import { document, machine, table } from './table.ts';

const DOCS = fileURLToPath(new URL('../docs/', import.meta.url));
const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, runs: { type: 'string', default: '3' }, write: { type: 'boolean' } },
});
const runs = Number(values.runs);
const scratch = await mkdtemp(join(tmpdir(), 'page-blob-backup-bench-'));
const ground = await Ground.start();
const programs = new Programs(ground, runs, scratch);
const groups: Readonly<Record<string, Rows>> = {
  scale: planning(1),
  difference: difference(runs),
  differencePage: differencePage(runs),
  dense: fullCopy(programs, 'dense', 1),
  sparse: fullCopy(programs, 'sparse', 0.125),
  incremental: incremental(programs),
  incrementalLarge: incrementalLarge(programs),
  restoring: restoring(programs),
  apply: applying(programs),
  editor: editor(ground),
  shaped: shaped(ground),
};

const chosen = values.only ?? Object.keys(groups);
const unknown = chosen.filter((name) => !(name in groups));
if (unknown.length > 0) throw new Error(`No rows are called ${unknown.join(', ')}; there are ${Object.keys(groups).join(', ')}.`);

const rows: Row[] = [];
console.log(`${machine()}\n`);
try {
  for (const name of chosen) {
    await groups[name]!((row) => {
      rows.push(row);
      console.log(table([row], rows.length === 1));
    });
    if (values.only === undefined || values.write) await writeDown();
  }
} finally {
  ground.stop();
  await rm(scratch, { recursive: true, force: true });
}
if (azCopyAbsent !== undefined) console.log(`\nNo ratios: ${azCopyAbsent}.`);

/** What is known up to now, so that a bench that is stopped was not in vain. */
async function writeDown(): Promise<void> {
  await mkdir(DOCS, { recursive: true });
  await writeFile(join(DOCS, 'BENCHMARKS.md'), document(rows, runs));
  await writeFile(join(DOCS, 'benchmarks.svg'), picture(rows));
}

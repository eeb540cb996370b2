// Takes away each protection of the engine in turn and shows that the tests turn red: `npm run mutants [-- pattern]`.
// The unit tests of the engine go first; a mutant they do not kill meets the random histories. Works on copies of the tree.
// Status 1 when a mutant lives. `--histories` lets every mutant meet the histories as well, and tells what they make of it.
// `--shard 1/2` takes every second one, `--from N` begins with the Nth. How each one ended is kept in `.cache/mutants.jsonl`: with `--continue`
// those that were killed with the same engine are not run again, and `--table` prints all that is known and runs nothing.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ENGINE_MUTANTS } from '../test/support/mutants/engineMutants.ts';

const root = join(import.meta.dirname, '..');
const COPIED = ['src/engine', 'test/unit/engine', 'test/fault', 'test/support'];
const HISTORIES = '1500';
/** Sweeps over every call of a run: they go last. */
const LONG = /crash|lateSweep|ambiguous|costOf|restoreChain|interrupted|rewind/i;
/** For the tests without a mutant; a mutant has three times as long as those took, so that only what hangs is killed by the clock. */
let deadlineMs = 30 * 60_000;

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    histories: { type: 'boolean', default: false },
    from: { type: 'string', default: '1' },
    shard: { type: 'string', default: '1/1' },
    continue: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    results: { type: 'string', default: join(root, '.cache/mutants.jsonl') },
  },
});
const always = values.histories;
const [shard, shards] = values.shard.split('/').map(Number);
if (!(shard >= 1 && shard <= shards && Number(values.from) >= 1)) throw new Error('--shard is as 1/2, --from counts from 1.');

/** The tree as it is now: what is edited meanwhile does not reach the mutants. */
const original = mkdtempSync(join(tmpdir(), 'mutants-'));
process.on('exit', () => rmSync(original, { recursive: true, maxRetries: 3 }));
for (const folder of COPIED) cpSync(join(root, folder), join(original, folder), { recursive: true });
for (const link of ['package.json', 'node_modules']) symlinkSync(join(root, link), join(original, link));

/** A copy of it with the mutant's edits. */
function copyOf(mutant) {
  const copy = mkdtempSync(join(tmpdir(), 'mutant-'));
  cpSync(original, copy, { recursive: true, verbatimSymlinks: true });
  for (const [file, from, to] of mutant?.edits ?? []) {
    const path = join(copy, 'src/engine', file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`The mutant "${mutant.what}" does not fit ${file} any more.`);
    writeFileSync(
      path,
      text.replaceAll(from, () => to),
    );
  }
  return copy;
}

/** Runs tests until the first one fails. @returns where that was, or undefined when all pass */
function firstFailure(copy, files) {
  return new Promise((resolve, reject) => {
    const args = ['--test', '--test-reporter=tap', '--test-isolation=none', ...files];
    const child = spawn(process.execPath, args, { cwd: copy, detached: true, env: { ...process.env, PBB_HISTORIES: HISTORIES } });
    let text = '';
    const end = (result) => {
      clearTimeout(timer);
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
      resolve(result);
    };
    const timer = setTimeout(() => end({ file: 'deadline', test: `nothing failed in ${Math.round(deadlineMs / 1000)} s` }), deadlineMs);
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const failure = /not ok \d+ - ([^\n]*)\n\s+---\n(?:\s+[^\n]*\n)*?\s+location: '([^']+?)(?::\d+)*'/.exec(text);
      if (failure) end({ test: failure[1].trim(), file: relative(copy, failure[2]).replace('test/unit/engine/', '') });
    });
    child.on('error', reject);
    child.on('close', (status) => end(status === 0 ? undefined : { file: 'the process', test: `status ${status}` }));
  });
}

const unitTests = readdirSync(join(original, 'test/unit/engine'), { recursive: true })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test/unit/engine', name))
  .sort((a, b) => Number(LONG.test(a)) - Number(LONG.test(b)));
const histories = ['test/fault/histories.test.ts'];

async function meet(mutant) {
  const copy = copyOf(mutant);
  try {
    const byUnit = await firstFailure(copy, unitTests);
    const byHistories = !byUnit || always ? await firstFailure(copy, histories) : undefined;
    return { byUnit, byHistories };
  } finally {
    rmSync(copy, { recursive: true, maxRetries: 3 });
  }
}

/** What the results of one engine are known by: with another one they say nothing. */
const engine = createHash('sha256');
for (const name of readdirSync(join(original, 'src/engine'), { recursive: true }).sort()) {
  if (name.endsWith('.ts')) engine.update(name).update(readFileSync(join(original, 'src/engine', name)));
}
const engineId = engine.digest('hex').slice(0, 16);

/** The last known end of each mutant with this engine. */
function known() {
  const text = existsSync(values.results) ? readFileSync(values.results, 'utf8') : '';
  const results = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return new Map(results.filter((result) => result.engine === engineId).map((result) => [result.what, result]));
}

const lineOf = ({ what, killer, histories: also }) =>
  `${killer ? 'killed' : 'ALIVE '} | ${what} | ${killer ? `${killer.file}: ${killer.test}` : ''}${also ? ` | histories: ${also}` : ''}`;

const chosen = ENGINE_MUTANTS.filter(({ what }) => words.every((word) => new RegExp(word).test(what)));
const names = new Set(ENGINE_MUTANTS.map(({ what }) => what));
if (names.size < ENGINE_MUTANTS.length) throw new Error('Two mutants have one name.');
// Before anything runs: code that has moved on leaves mutants behind that change nothing.
for (const mutant of chosen) rmSync(copyOf(mutant), { recursive: true, maxRetries: 3 });

const before = known();
const toRun = chosen
  .slice(Number(values.from) - 1)
  .filter((_, i) => i % shards === shard - 1)
  .filter(({ what }) => !values.table && !(values.continue && before.get(what)?.killer));
if (toRun.length > 0) {
  // Also with chosen mutants only: a test that fails by itself would kill them all.
  const began = Date.now();
  const unharmed = await meet(undefined);
  if (unharmed.byUnit || unharmed.byHistories) throw new Error(`The tests fail without a mutant: ${JSON.stringify(unharmed)}`);
  deadlineMs = 60_000 + 3 * (Date.now() - began);
}
mkdirSync(dirname(values.results), { recursive: true });
for (const [i, mutant] of toRun.entries()) {
  const { byUnit, byHistories } = await meet(mutant);
  const killer = byUnit ?? byHistories;
  const result = { engine: engineId, what: mutant.what, killer, ...(always && { histories: byHistories ? 'red' : 'green' }) };
  // A line at a time, so that shards may share the file and nothing is lost when this is ended early.
  appendFileSync(values.results, `${JSON.stringify(result)}\n`);
  console.log(`${i + 1}/${toRun.length} ${lineOf(result)}`);
}

const results = known();
const ended = chosen.flatMap(({ what }) => results.get(what) ?? []);
const alive = ended.filter(({ killer }) => !killer);
console.log(`\nEngine ${engineId}:`);
for (const result of ended) console.log(lineOf(result));
console.log(
  `${ended.length - alive.length} of ${chosen.length} mutants killed, ${alive.length} live, ${chosen.length - ended.length} not run.`,
);
process.exitCode = alive.length === 0 ? 0 : 1;

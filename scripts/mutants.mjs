// Takes away each protection of the engine in turn and shows that the tests turn red: `npm run mutants [-- words of a mutant]`.
// The unit tests of the engine go first; a mutant they do not kill meets the random histories. Works on copies of the tree.
// Status 1 when a mutant lives. `--histories` lets every mutant meet the histories as well, and tells what they make of it.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ENGINE_MUTANTS } from '../test/support/mutants/engineMutants.mjs';

const root = join(import.meta.dirname, '..');
const COPIED = ['src/engine', 'test/unit/engine', 'test/fault', 'test/support'];
const HISTORIES = '1500';
/** Sweeps over every call of a run: they go last. */
const LONG = /crash|ambiguous|costOf|restoreChain|interrupted|rewind/i;
/** For the tests without a mutant; a mutant has three times as long as those took, so that only what hangs is killed by the clock. */
let deadlineMs = 30 * 60_000;

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const always = process.argv.includes('--histories');

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

const chosen = ENGINE_MUTANTS.filter(({ what }) => words.every((word) => what.includes(word)));
// Before anything runs: code that has moved on leaves mutants behind that change nothing.
for (const mutant of chosen) rmSync(copyOf(mutant), { recursive: true, maxRetries: 3 });

// Also with chosen mutants only: a test that fails by itself would kill them all.
const began = Date.now();
const unharmed = await meet(undefined);
if (unharmed.byUnit || unharmed.byHistories) throw new Error(`The tests fail without a mutant: ${JSON.stringify(unharmed)}`);
deadlineMs = 60_000 + 3 * (Date.now() - began);

const alive = [];
for (const mutant of chosen) {
  const { byUnit, byHistories } = await meet(mutant);
  const killer = byUnit ?? byHistories;
  if (!killer) alive.push(mutant.what);
  const also = always ? ` | histories: ${byHistories ? 'red' : 'green'}` : '';
  console.log(`${killer ? 'killed' : 'ALIVE '} | ${mutant.what} | ${killer ? `${killer.file}: ${killer.test}` : ''}${also}`);
}
console.log(alive.length === 0 ? 'No mutant lives.' : `${alive.length} mutants live:\n  ${alive.join('\n  ')}`);
process.exitCode = alive.length === 0 ? 0 : 1;

// Installs what package-lock.json names, unless that is done already. Runs on plain Node 20 with nothing installed, so it uses Node's own
// modules only. Every word goes to stderr: stdout belongs to the command that comes after.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules', '.setup-stamp');
const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const stamp = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const isDone = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && existsSync(ownNode);
if (!isDone) install();

function install() {
  // npm ci empties the folder that a link leads to, which is another checkout's.
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    fail('node_modules is a link to a folder that other checkouts may use. Run npm there, or take the link away and try again.');
  }
  process.stderr.write('Installing the packages of package-lock.json …\n');
  rmSync(stampFile, { force: true });
  const status = npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0) fail(`npm ci ended with status ${status}.`);
  const version = spawnSync(ownNode, ['--version'], { encoding: 'utf8' }).stdout?.trim();
  if (!version?.startsWith('v24.')) {
    fail(
      `The packages are installed, but ${ownNode} does not run as Node 24 (it says: ${version ?? 'nothing'}). Is npm kept from running install scripts?`,
    );
  }
  writeFileSync(stampFile, stamp);
}

/** Runs the npm that started this script, else the one on PATH; its stdout becomes our stderr. */
function npm(args) {
  const own = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const done = own?.endsWith('.js')
    ? spawnSync(process.execPath, [own, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (done.error) fail(`npm could not be started: ${done.error.message}`);
  return done.status ?? 1;
}

function fail(message) {
  process.stderr.write(`Set-up failed. ${message}\n`);
  process.exit(1);
}

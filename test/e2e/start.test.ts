import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import { launchBrowser } from '../support/workbench/browser/launch.ts';
import { Workbench } from '../support/workbench/pages/workbench.ts';
import { root } from '../support/workbench/folders.ts';
import { until } from '../support/workbench/until.ts';
import { Sidebar } from './support/sidebar.ts';
import { BACKUP, LIVE } from './support/stage.ts';

const sample = join(root, 'test', 'support', 'workbench', 'sample');

/** Starts as `npm start` does, and waits until it says that it is ready. */
async function start(options: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(root, 'scripts', 'start.ts'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await until('an address', () => said.includes('Ctrl-C') || child.exitCode !== null, 300_000);
  assert.equal(child.exitCode, null, 'it ended by itself');
  const [, url] = /(http:\/\/127\.0\.0\.1:\d+\/\S*)/.exec(said)!;
  return { child, ended, url: url!, connections: said.match(/DefaultEndpointsProtocol=\S+/g) ?? [] };
}

/** What somebody who tries it sees first. */
async function attachAndLook(url: string): Promise<void> {
  const browser = await launchBrowser();
  try {
    const workbench = await Workbench.open(browser, { url });
    const sidebar = await new Sidebar(workbench).open();
    await sidebar.attachEmulator();
    await sidebar.accounts.row(LIVE).expand();
    await sidebar.accounts.row('data.vhd').waitForDescription('64 MiB · never backed up');
    await sidebar.accounts.row('web.vhd').waitForDescription(/^256 MiB · backed up .* · 2 points$/);
    await sidebar.accounts.row('web.vhd').expand();
    await sidebar.accounts.row(`→ ${BACKUP} / backups/web.vhd`).expand();
    await sidebar.accounts.waitForRows(
      'both points',
      (rows) => rows.filter(({ level, aria }) => level === 4 && aria.startsWith('Recovery point')).length === 2,
    );
    assert.deepEqual(workbench.console.errors(), []);
  } finally {
    await browser.close();
  }
}

/** The processes that this one started, and those that they started, and so on. */
async function descendants(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=']);
  const all = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const one of found) found.push(...all.filter(([, parent]) => parent === one).map(([child]) => child!));
  return found.slice(1);
}

async function isGone(pids: readonly number[]): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=']);
  const alive = new Set(stdout.trim().split(/\s+/).map(Number));
  return !pids.some((pid) => alive.has(pid));
}

describe('npm start', () => {
  it('shows VS Code and an emulator with a chain, and ends with all its processes when asked to', async (test) => {
    const { child, ended, url, connections } = await start([]);
    test.after(() => child.kill('SIGINT'));
    await attachAndLook(url);
    assert.equal(connections.length, 2);
    const [live, backup] = connections.map((connection) => BlobServiceClient.fromConnectionString(connection));
    const names: string[] = [];
    for await (const { name } of live!.getContainerClient('vhds').listBlobsFlat()) names.push(name);
    assert.deepEqual(names, ['data.vhd', 'web.vhd']);
    let points = 0;
    for await (const { snapshot } of backup!.getContainerClient('backups').listBlobsFlat({ includeSnapshots: true }))
      if (snapshot) points++;
    assert.equal(points, 2);

    const started = await descendants(child.pid!);
    assert.ok(started.length >= 2, 'no processes of the server were found');
    child.kill('SIGINT');
    assert.deepEqual(await ended, [0, null]);
    await until('all processes gone', () => isGone(started));
  });

  it('leaves no process behind when it is killed', async (test) => {
    // Nobody is left to take its files away.
    const folder = await mkdtemp(join(tmpdir(), 'pbb-'));
    test.after(() => rm(folder, { recursive: true, force: true }));
    const { child, ended } = await start(['--extension', sample], { TMPDIR: folder });
    const started = await descendants(child.pid!);
    child.kill('SIGKILL');
    await ended;
    await until('all processes gone', () => isGone(started));
  });
});

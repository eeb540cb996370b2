import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { cacheFolder } from '../folders.ts';
import { withLock } from '../server/lock.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** The path of a Chromium: the one that PBB_CHROMIUM names, one on PATH, Playwright's own; installs one where there is none. */
export async function chromiumPath(): Promise<string> {
  const named = process.env.PBB_CHROMIUM;
  if (named) return named;
  return find() ?? (await withLock(join(cacheFolder, 'chromium.lock'), install));
}

function find(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, chromium.executablePath()].find(isProgram);
}

async function install(): Promise<string> {
  say('There is no Chromium on this machine yet. Asking Playwright for its own …');
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  if (find() === undefined) await run(process.execPath, [cli, 'install', 'chromium']);
  if (find() === undefined && process.platform === 'linux' && process.getuid?.() === 0) {
    say('That did not work. Installing the package "chromium" by apt-get …');
    const wait = ['-o', 'DPkg::Lock::Timeout=600', '-qq'];
    await run('apt-get', [...wait, 'update']);
    const done = await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
    if (done !== true) say(done.message);
  }
  const path = find();
  if (path === undefined) {
    throw new Error('These tests need Chromium. Install it so that it is on PATH, or name one in the environment variable PBB_CHROMIUM.');
  }
  return path;
}

/** Whether it ended well. What it says is given in the words of the error. */
async function run(command: string, args: readonly string[]): Promise<true | Error> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return await promisify(execFile)(command, args, { env, maxBuffer: 64 * 1024 ** 2 }).then(
    () => true,
    (error: Error) => error,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

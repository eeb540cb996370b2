import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../folders.ts';
import { replaceNativeModules } from './nativeModules.ts';
import { withLock } from './lock.ts';

/** VS Code 1.139. It needs Node 24, which is this project's own. */
const VERSION = '4.139.1';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** The folder of a VS Code server that is ready to start; installs it the first time. */
export async function codeServer(): Promise<string> {
  const folder = join(cacheFolder, `code-server-${VERSION}`);
  // The folder gets its name when everything is in it, so its being there is the stamp.
  if (!existsSync(folder)) await withLock(`${folder}.lock`, () => install(folder));
  return join(folder, 'node_modules', 'code-server');
}

async function install(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  say(`Installing code-server ${VERSION}, the VS Code of the tests, into .cache (about 600 MB, once) …`);
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  // A package.json of its own keeps npm from taking this project for the one to install into.
  await writeFile(join(unfinished, 'package.json'), JSON.stringify({ private: true, dependencies: { 'code-server': VERSION } }));
  // Its install scripts build native modules, which takes headers that few machines have; the workbench runs without them.
  const flags = ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  await npm(flags, unfinished);
  const vscode = join(unfinished, 'node_modules', 'code-server', 'lib', 'vscode');
  await npm(flags, vscode);
  await replaceNativeModules(vscode);
  await rename(unfinished, folder);
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const own = process.env.npm_execpath;
  const isScript = own?.endsWith('.js') ?? false;
  const [command, first] = isScript ? [process.execPath, [own!]] : ['npm', []];
  const child = spawn(command, [...first, ...args], { cwd, stdio: ['ignore', 2, 2], shell: !isScript && process.platform === 'win32' });
  const status = await new Promise<number | null>((done, fail) => child.once('error', fail).once('exit', done));
  if (status !== 0) throw new Error(`npm could not install code-server ${VERSION}: it ended with status ${status}. What it said is above.`);
}

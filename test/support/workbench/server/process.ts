import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeServer } from './install.ts';

export interface ServerOptions {
  readonly userData: string;
  readonly extensions: string;
  /** What the server and the extension host find in their environment, over what this process has. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 0 for any free one. */
  readonly port: number;
}

/** A VS Code server that listens on this machine only. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start({ userData, extensions, env, port }: ServerOptions): Promise<ServerProcess> {
    const entry = join(await codeServer(), 'out', 'node', 'entry.js');
    const flags = ['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override'];
    const folders = ['--user-data-dir', userData, '--extensions-dir', extensions, '--config', join(userData, 'config.yaml')];
    const args = [
      entry,
      '--auth',
      'none',
      '--bind-addr',
      `127.0.0.1:${port}`,
      '--disable-proxy',
      '--ignore-last-opened',
      ...flags,
      ...folders,
    ];
    const child = spawn(process.execPath, [join(import.meta.dirname, 'keeper.mjs'), ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      env: { ...withoutWorkbench(process.env), ...env },
    });
    return new ServerProcess(await addressOf(child), child);
  }

  /** Ends the extension hosts at once, as a crash does; VS Code starts others. */
  async killExtensionHosts(): Promise<void> {
    // Only those in the group that the keeper leads.
    const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,pgid=,args=']);
    for (const line of stdout.split('\n')) {
      const [pid, group] = line.trim().split(/\s+/, 2).map(Number);
      if (group === this.#child.pid && line.includes('--type=extensionHost')) process.kill(pid!, 'SIGKILL');
    }
  }

  /** Ends the server and everything it started. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}

/** Reads what the server says until it tells its address. Goes on reading afterwards, or the server would stop at a full pipe. */
async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  return await new Promise((found, fail) => {
    const listen = (chunk: Buffer): void => {
      if (said.length < 100_000) said += chunk.toString();
      const address = /HTTP server listening on (http:\/\/\S+?)\/?\s/.exec(said);
      if (address) found(address[1]!);
    };
    child.stdout!.on('data', listen);
    child.stderr!.on('data', listen);
    child.once('error', fail);
    child.once('exit', (status) => fail(new Error(`The VS Code server ended by itself (${status}). It said:\n${said}`)));
  });
}

/** Started from a terminal of VS Code, this process has variables that would make the server believe it belongs to that one. */
function withoutWorkbench(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(?:VSCODE_|CODE_SERVER_|ELECTRON_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|NODE_V8_COVERAGE$|PORT$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** A command line under way. */
export interface CliChild {
  readonly process: ChildProcess;
  /** How it ended: its exit status, or the signal that ended it. */
  readonly ended: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null; readonly stderr: string }>;
}

/** Starts the real command line in a process of its own, to be stopped or killed. */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>>): CliChild {
  const all = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env };
  const child = spawn(process.execPath, [MAIN, ...args], { env: all, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Awaited<CliChild['ended']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status, signal, stderr }));
  });
  return { process: child, ended };
}

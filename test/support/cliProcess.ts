import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What a run of the command line left behind. */
export interface CliRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The objects on stdout; only with `--json`. */
  readonly objects: readonly JsonObject[];
  /** The last of them. */
  readonly last: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Told of the process as soon as there is one. */
  readonly onStart?: (child: ChildProcess) => void;
  /** Told each time there is more on stdout. */
  readonly onStdout?: (all: string, child: ChildProcess) => void;
}

/** Runs the real command line in a process of its own, with no environment but the one given. */
export async function runCliProcess(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env };
  const child = spawn(process.execPath, [MAIN, ...args], { env, cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  options.onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onStdout?.(stdout, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  const objects = args.includes('--json')
    ? stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as JsonObject)
    : [];
  return { status, stdout, stderr, objects, last: objects.at(-1) ?? {} };
}

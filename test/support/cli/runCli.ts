import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

export interface CliRun {
  readonly status: number | null;
  /** The JSON objects on stdout, in order. */
  readonly lines: readonly Record<string, unknown>[];
  /** The last of them. */
  readonly result: Record<string, unknown>;
  readonly stderr: string;
}

/** Runs the real command line in a process of its own, with `--json`. */
export async function runCli(args: readonly string[], env: Readonly<Record<string, string>>): Promise<CliRun> {
  const child = spawn(process.execPath, [MAIN, ...args, '--json'], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const lines = Buffer.concat(out)
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { status, lines, result: lines.at(-1) ?? {}, stderr: Buffer.concat(err).toString() };
}

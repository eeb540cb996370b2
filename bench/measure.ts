import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly seconds: number;
  /** Most resident memory of the process in bytes; undefined where the system does not tell. */
  readonly peakMemory: number | undefined;
  readonly stdout: string;
}

const POLL_MS = 20;

/** Runs a program to its end and measures it from outside, so that every program is measured alike. @throws when it fails */
export async function measure(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Measured> {
  const began = performance.now();
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  let peakMemory: number | undefined;
  const timer = setInterval(() => {
    peakMemory = Math.max(peakMemory ?? 0, peakMemoryOf(child.pid!) ?? 0) || undefined;
  }, POLL_MS);
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(timer);
  const stdout = Buffer.concat(out).toString();
  if (status !== 0) throw new Error(`${command} ended with status ${status}.\n${Buffer.concat(err).toString()}\n${stdout.slice(-2000)}`);
  return { seconds: (performance.now() - began) / 1000, peakMemory, stdout };
}

/** Linux keeps the high-water mark of each process. */
function peakMemoryOf(pid: number): number | undefined {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}

/** The median of several runs of the same thing, each on a ground of its own. */
export async function medianOf(runs: number, run: (i: number) => Promise<Measured>): Promise<Measured> {
  const all: Measured[] = [];
  for (let i = 0; i < runs; i++) all.push(await run(i));
  return all.sort((a, b) => a.seconds - b.seconds)[Math.floor(runs / 2)]!;
}

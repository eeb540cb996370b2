import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly seconds: number;
  /** Seconds of processor time; undefined where the system does not tell. */
  readonly cpu: number | undefined;
  /** Most resident memory of the process in bytes; undefined where the system does not tell. */
  readonly peakMemory: number | undefined;
  readonly stdout: string;
}

const POLL_MS = 10;
/** Clock ticks a second in /proc; the same on every Linux. */
const TICKS = 100;

/** Runs a program to its end and measures it from outside, so that every program is measured alike. @throws when it fails */
export async function measure(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Measured> {
  const began = performance.now();
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  let [peakMemory, cpu]: [number | undefined, number | undefined] = [undefined, undefined];
  const timer = setInterval(() => {
    const used = usedBy(child.pid!);
    if (used) ({ peakMemory, cpu } = used);
  }, POLL_MS);
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(timer);
  const stdout = Buffer.concat(out).toString();
  if (status !== 0) throw new Error(`${command} ended with status ${status}.\n${Buffer.concat(err).toString()}\n${stdout.slice(-2000)}`);
  return { seconds: (performance.now() - began) / 1000, cpu, peakMemory, stdout };
}

/** Linux keeps the high-water mark of each process, and its time. */
function usedBy(pid: number): { peakMemory: number; cpu: number } | undefined {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    if (kibibytes === undefined) return undefined;
    return { peakMemory: Number(kibibytes) * 1024, cpu: (Number(user) + Number(system)) / TICKS };
  } catch {
    return undefined;
  }
}

/** The median of several runs of the same thing, each on a ground of its own. */
export async function medianOf<M extends Measured>(runs: number, run: (i: number) => Promise<M>): Promise<M> {
  const all: M[] = [];
  for (let i = 0; i < runs; i++) all.push(await run(i));
  return all.sort((a, b) => a.seconds - b.seconds)[Math.floor(runs / 2)]!;
}

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SoakOptions } from './soakEngine.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Runs the test files of these folders again and again, with another seed each time, until the time is over or one fails. @returns the exit status */
export async function soakFiles(
  folders: readonly string[],
  { minutes, seed, env }: SoakOptions & { readonly env: Readonly<Record<string, string>> },
): Promise<number> {
  const began = Date.now();
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(folder, name)),
  );
  for (let round = 0; round === 0 || Date.now() - began < minutes * 60_000; round++) {
    const all = { ...process.env, ...env, PBB_SEED: String(seed + round) };
    const child = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], { cwd: ROOT, env: all, stdio: 'inherit' });
    const status = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (status !== 0) {
      console.log(`Broken with seed ${seed + round}.`);
      return 1;
    }
  }
  return 0;
}

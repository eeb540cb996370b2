import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Microsoft's own copying tool out of its npm package, or why it cannot be used on this machine. */
export type AzCopy = { readonly binary: string; readonly absent?: undefined } | { readonly binary?: undefined; readonly absent: string };

/** Copies the binary to a folder of its own: npm leaves it without the mode to be run. */
export function findAzCopy(): AzCopy {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { absent: 'npm has AzCopy for Linux on x64 only' };
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('@azure-tools/azcopy-linux/package.json'));
    const binary = join(mkdtempSync(join(tmpdir(), 'pbb-azcopy-')), 'azcopy');
    copyFileSync(join(folder, 'dist', 'bin', 'azcopy_linux_amd64'), binary);
    chmodSync(binary, 0o755);
    const tried = spawnSync(binary, ['--version'], { encoding: 'utf8' });
    if (tried.status === 0) return { binary };
    return { absent: `AzCopy does not start here: ${tried.stderr.trim().split('\n')[0] ?? String(tried.error)}` };
  } catch {
    return { absent: 'AzCopy is not installed (an optional dependency)' };
  }
}

import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './bundle.ts';

/** The extension as it is shipped, in a folder of its own: whoever builds meanwhile does not pull it away. */
export interface BuiltExtension extends AsyncDisposable {
  readonly folder: string;
  /** Files of the bundle. */
  readonly dist: string;
}

/** Bundles the extension as for a release. */
export async function buildExtension(): Promise<BuiltExtension> {
  const folder = await mkdtemp(join(tmpdir(), 'pbb-extension-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const dist = join(folder, 'dist');
    const esbuild = [join(ROOT, 'esbuild.mjs'), '--production', '--dist', dist];
    const parts = ['package.json', 'package.nls.json', 'l10n', 'media'];
    await Promise.all([
      promisify(execFile)(process.execPath, esbuild, { cwd: ROOT }),
      ...parts.map((part) => cp(join(ROOT, part), join(folder, part), { recursive: true })),
    ]);
    return { folder, dist: join(dist, 'extension'), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

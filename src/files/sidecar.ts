import { errnoOf } from './fileProblem.ts';
import type { FileSystem } from './fileSystem.ts';
import { unlessOther } from './otherRestore.ts';

/** What is known of an unfinished file: `<name>.partial.json`. */
export interface Sidecar {
  readonly format: 1;
  /** What is restored. */
  readonly stamp: string;
  /** Everything below this byte has been written. */
  readonly applied: number;
  /** Bytes in the finished file. */
  readonly length: number;
}

/** `damaged` where there is something that is no sidecar. */
export async function readSidecar(fs: FileSystem, path: string): Promise<Sidecar | 'damaged' | undefined> {
  let text: string;
  try {
    text = await fs.readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Sidecar | null;
    const isSidecar =
      value?.format === 1 && typeof value.stamp === 'string' && Number.isSafeInteger(value.applied) && Number.isSafeInteger(value.length);
    return isSidecar ? value : 'damaged';
  } catch {
    return 'damaged';
  }
}

/** Replaces it as a whole: after a crash there is the old one or the new one. @throws busy when another restore does the same at this moment */
export async function writeSidecar(fs: FileSystem, path: string, sidecar: Sidecar): Promise<void> {
  const fresh = `${path}.new`;
  const file = await fs.open(fresh, 'w');
  try {
    await file.writeFile(`${JSON.stringify(sidecar)}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
  await unlessOther('ENOENT', path, () => fs.rename(fresh, path));
}

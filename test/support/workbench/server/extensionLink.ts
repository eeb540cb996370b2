import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Makes an extensions folder that holds one extension: a link to `folder`, which has a package.json and what its `main` names. */
export async function linkExtension(folder: string, extensions: string): Promise<void> {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const { publisher, name, version } = JSON.parse(text) as Record<string, string | undefined>;
  if (!publisher || !name || !version)
    throw new Error(`${folder}/package.json lacks a publisher, name or version: VS Code would pass over it.`);
  await mkdir(extensions, { recursive: true });
  await symlink(resolve(folder), join(extensions, `${publisher}.${name}-${version}`), 'junction');
}

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The whole text of an output channel, read from the file that VS Code shows in its Output view; undefined while there is none. */
export async function outputChannel(userData: string, name: string): Promise<string | undefined> {
  const entries = await readdir(join(userData, 'logs'), { recursive: true, withFileTypes: true });
  // A LogOutputChannel has a file of its name, any other one has a number before it.
  const files = entries.filter((entry) => entry.isFile() && entry.name.replace(/^\d+-/, '') === `${name}.log`);
  // By birth: an extension host that ends may write its last words after the next one's first.
  const dated = await Promise.all(
    files.map(async ({ parentPath, name }) => ({ path: join(parentPath, name), time: (await stat(join(parentPath, name))).birthtimeMs })),
  );
  const newest = dated.sort((a, b) => b.time - a.time)[0];
  return newest && (await readFile(newest.path, 'utf8'));
}

import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where this user's programs keep what can be made again. Not the folder for temporary files, which others can write to: what lies in here is run.
 * Source: XDG Base Directory Specification; Apple's and Microsoft's guidelines for caches.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const home = homedir();
  const caches: Partial<Record<NodeJS.Platform, string>> = {
    win32: env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'),
    darwin: join(home, 'Library', 'Caches'),
  };
  return join(caches[platform] ?? (env['XDG_CACHE_HOME'] || join(home, '.cache')), 'page-blob-backup');
}

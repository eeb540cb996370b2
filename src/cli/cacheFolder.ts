import { existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, posix, win32 } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where this user's programs keep what can be made again. Not the folder for temporary files, which others can write to: what lies in here is run.
 * Source: XDG Base Directory Specification; Apple's and Microsoft's guidelines for caches.
 * @returns undefined where the user has no such place, as in containers whose user is in no list
 */
export function cacheFolder(env: Env, platform: NodeJS.Platform, home: () => string = homedir): string | undefined {
  try {
    const cache = cachesIn(env, platform, home);
    // Any other way the folder that one stands in would be asked, which may be anybody's.
    return (platform === 'win32' ? win32 : posix).isAbsolute(cache) ? join(cache, 'page-blob-backup') : undefined;
  } catch {
    return undefined;
  }
}

/** @throws where there is no home */
function cachesIn(env: Env, platform: NodeJS.Platform, home: () => string): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] || join(home(), 'AppData', 'Local');
  if (platform === 'darwin') return join(home(), 'Library', 'Caches');
  return env['XDG_CACHE_HOME'] || join(home(), '.cache');
}

/** Is it a folder that nobody else can write to? Made where it is not there, with the one above it. With `sudo` the home may still be the user's, and so may be what lies in it. */
export function isOurs(folder: string): boolean {
  try {
    // A home that is not there is not made: in a file system that makes no folders, as /proc, Node would try for ever.
    for (const each of [dirname(folder), folder]) if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
    const found = statSync(folder);
    if (process.getuid === undefined) return found.isDirectory();
    return found.isDirectory() && found.uid === process.getuid() && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

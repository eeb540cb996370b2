import type { RunRecord } from './run.ts';

/** A window that has not been heard of for so long is gone; it says so every {@link BEAT_MS}. */
const SILENT_MS = 60_000;
export const BEAT_MS = 10_000;

/** What tells one window's extension host from all others. */
export interface Owner {
  /** `<host>/<process>/<random>` */
  readonly id: string;
  /** Does a process of this machine live? */
  readonly isAlive: (pid: number) => boolean;
}

export function ownerOf(host: string, pid: number, random: string, isAlive: Owner['isAlive']): Owner {
  return { id: `${host}/${pid}/${random}`, isAlive };
}

/** `kill` with signal 0 sends nothing, it only looks; a process of another user lives too. */
export function processLives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A run that no window works on any more. Its own window knows for certain, so it is never asked about itself. */
export function isAbandoned(record: RunRecord, self: Owner, now: number): boolean {
  return record.state === 'running' && record.owner !== self.id && isGone(record, self, now, SILENT_MS);
}

/** Is another window gone? Its process is, or it was not heard of for so many milliseconds. */
export function isGone({ owner, heardAt }: Pick<RunRecord, 'owner' | 'heardAt'>, self: Owner, now: number, silentMs: number): boolean {
  if (now - heardAt > silentMs) return true;
  const [host, pid] = owner.split('/');
  return host === self.id.split('/')[0] && !self.isAlive(Number(pid));
}

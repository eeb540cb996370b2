import { stableShare } from '../stableHash.ts';
import type { WindowClock } from './windowClock.ts';

/** Clocks of two machines may differ by so much. */
export const SKEW_MS = 15 * 60_000;

export interface DueQuestion {
  readonly clock: WindowClock;
  /** Milliseconds over which the chains of a window are spread. */
  readonly jitter: number;
  /** Names the chain: decides about its place in the jitter. */
  readonly chain: string;
  /** When the disk was looked at last: the start of the run that made the newest point, or of one that found nothing changed. */
  readonly lookedOn: number | undefined;
  readonly now: number;
}

export interface DueAnswer {
  readonly isDue: boolean;
  /** Start of the window that is due or that was served. */
  readonly window: number | undefined;
  /** Windows that went by before it without a look at the disk. They are caught up by this one run. */
  readonly missed: boolean;
  /** When the chain is due next, unless it is now. */
  readonly next: number | undefined;
  /** In plain words. */
  readonly reason: string;
}

/** Is the chain due? Each window is served once, a first run is due at once, and missed windows are caught up by one run. */
export function dueOf({ clock, jitter, chain, lookedOn, now }: DueQuestion): DueAnswer {
  const delay = jitterOf(chain, jitter);
  // A time that is far ahead was written by a wrong clock. To believe it would mean no backup until then.
  const looked = lookedOn !== undefined && lookedOn > now + SKEW_MS ? undefined : lookedOn;
  const window = clock.latest(now - delay);
  const following = clock.next(now - delay);
  const next = following === undefined ? undefined : following + delay;
  if (looked === undefined) {
    const reason =
      lookedOn === undefined ? 'there is no recovery point yet' : 'the last run has a time that is still to come, so it says nothing';
    return { isDue: true, window, missed: false, next, reason };
  }
  if (window === undefined || looked >= window) return { isDue: false, window, missed: false, next, reason: 'its window was served' };
  const before = clock.latest(window - 1);
  const missed = before !== undefined && looked < before;
  return { isDue: true, window, missed, next, reason: missed ? 'windows were missed; one run makes up for them' : 'a window has begun' };
}

/** The chain's own place in the jitter: the same on every machine and every day. */
export function jitterOf(chain: string, jitter: number): number {
  return Math.floor(stableShare(chain) * jitter);
}

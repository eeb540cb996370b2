import { Cron } from 'croner';
import type { Window } from '../policy.ts';

/** A window between its start and the next one. */
interface Stretch {
  readonly latest: number | undefined;
  readonly next: number | undefined;
}

const REMEMBERED = 4;

const clocks = new WeakMap<Window, WindowClock>();

/** The clock of a window: one for all chains of a rule, since to ask a cron pattern takes its time. */
export function clockOf(window: Window): WindowClock {
  const clock = clocks.get(window) ?? new WindowClock(window);
  clocks.set(window, clock);
  return clock;
}

/**
 * The starts of a window, as milliseconds. What a cron pattern means where clocks are changed: an hour that is left out serves at the end of the
 * gap, an hour that comes twice serves once. Remembers the windows it was asked about last, since
 * callers ask about times near one another.
 */
export class WindowClock {
  readonly #window: Window;
  readonly #cron: Cron | undefined;
  /** Windows that were looked up, the last one first. */
  #known: readonly Stretch[] = [];

  constructor(window: Window) {
    this.#window = window;
    this.#cron = window.kind === 'cron' ? new Cron(window.cron, { timezone: window.timeZone, paused: true }) : undefined;
  }

  /** The latest start that is not after `time`; undefined where the pattern has none before. */
  latest(time: number): number | undefined {
    return this.#around(time).latest;
  }

  /** The first start after `time`; undefined where the pattern has none left. */
  next(time: number): number | undefined {
    return this.#around(time).next;
  }

  /** The first starts after `time`, for a preview. */
  upcoming(time: number, count: number): number[] {
    const starts: number[] = [];
    for (let at: number | undefined = time; starts.length < count; starts.push(at)) {
      at = this.next(at);
      if (at === undefined) break;
    }
    return starts;
  }

  #around(time: number): Stretch {
    if (this.#window.kind === 'every') {
      const { ms } = this.#window;
      const latest = Math.floor(time / ms) * ms;
      return { latest, next: latest + ms };
    }
    const known = this.#known.find(({ latest = -Infinity, next = Infinity }) => time >= latest && time < next);
    if (known) return known;
    // Most callers go forward from window to window.
    const before = this.#known.find(({ next = Infinity }) => next <= time);
    const following = before && this.#nextRun(before.next!);
    if (before && (following ?? Infinity) > time) return this.#remember({ latest: before.next, next: following });
    // One millisecond later, so that a start counts for itself.
    const [latest] = this.#cron!.previousRuns(1, new Date(time + 1));
    return this.#remember({ latest: latest?.getTime(), next: this.#nextRun(time) });
  }

  #nextRun(time: number): number | undefined {
    return this.#cron?.nextRun(new Date(time))?.getTime();
  }

  #remember(found: Stretch): Stretch {
    this.#known = [found, ...this.#known].slice(0, REMEMBERED);
    return found;
  }
}

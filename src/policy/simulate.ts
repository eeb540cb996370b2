import { Calendar } from '../engine/retention/calendar.ts';
import type { RetentionPolicy } from '../engine/retention/policy.ts';
import { retain, type Decision, type RetentionPoint } from '../engine/retention/retain.ts';
import { dueOf } from './windows/due.ts';
import type { WindowClock } from './windows/windowClock.ts';

/** What a look at the disk came to: a new point, none since nothing had changed, or a failure. */
export type Outcome = 'point' | 'unchanged' | 'failed';

export interface SimulatedChain {
  readonly chain: string;
  readonly clock: WindowClock;
  readonly jitter: number;
  /** Undefined: every point stays. */
  readonly retention: RetentionPolicy | undefined;
  /** Points that are there at the start. */
  readonly points: readonly RetentionPoint[];
}

/** A chain whose runs and prunes are only thought: what a policy would do with it in time. */
export class Simulation {
  readonly #about: SimulatedChain;
  readonly #calendar: Calendar;
  #points: readonly RetentionPoint[];
  #lookedOn: number | undefined;
  #newest: number;

  constructor(about: SimulatedChain) {
    this.#about = about;
    this.#calendar = new Calendar(about.retention?.timeZone);
    this.#points = about.points;
    const newest = about.points.reduce<RetentionPoint | undefined>(
      (best, point) => (best && best.number > point.number ? best : point),
      undefined,
    );
    this.#lookedOn = newest?.time;
    this.#newest = newest?.number ?? 0;
  }

  /** Points that are there, oldest first. */
  get points(): readonly RetentionPoint[] {
    return this.#points;
  }

  /** When the chain is due next after `now`, if nothing runs before. */
  nextDue(now: number): number | undefined {
    const answer = this.#due(now);
    return answer.isDue ? now : answer.next;
  }

  /** One look by `apply` at this time. @returns undefined where nothing was due; else what the policy made of every point */
  apply(now: number, outcome: Outcome = 'point'): readonly Decision[] | undefined {
    if (!this.#due(now).isDue) return undefined;
    if (outcome === 'failed') return [];
    this.#lookedOn = now;
    if (outcome === 'point') this.#points = [...this.#points, { number: ++this.#newest, time: now, state: 'good' }];
    const { retention } = this.#about;
    if (!retention) return [];
    const decisions = retain(this.#points, retention, this.#calendar);
    const kept = new Set(decisions.filter(({ keep }) => keep).map(({ number }) => number));
    this.#points = this.#points.filter(({ number }) => kept.has(number));
    return decisions;
  }

  #due(now: number): ReturnType<typeof dueOf> {
    const { clock, jitter, chain } = this.#about;
    return dueOf({ clock, jitter, chain, lookedOn: this.#lookedOn, now });
  }
}

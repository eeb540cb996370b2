import type { ChainRule, Policy } from '../policy.ts';
import { WindowClock } from '../windows/windowClock.ts';
import { callsInYear, type CronTimes } from './cronTimes.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
/** A year and the changes of clocks around it are looked at; which one does not matter. */
const FROM = Date.UTC(2026, 0, 1);
const UNTIL = FROM + 400 * DAY_MS;
/** Patterns that come seldom, such as 29 February, are looked at so many times. */
const AT_LEAST = 8;
/** Chains that are spread over a time are asked for so often until it is over. */
const SPREAD_MS = 15 * MINUTE_MS;
/** No disk is backed up more often, so a call in each of these stretches serves every window. */
const CLOSEST_MINUTES = 10;

/** The starts of a policy: each file of it asks for them anew. */
const known = new WeakMap<Policy, ReadonlySet<number> | undefined>();

/**
 * The smallest times at which `apply` has to be called so that every window of the policy is served when it begins (ten minutes later at most where
 * windows lie closer). Calls that find nothing due do nothing, so times only have to be enough.
 * @param timeZones that the scheduler can count in
 */
export function callTimes(policy: Policy, timeZones: readonly string[]): CronTimes {
  const starts = known.has(policy) ? known.get(policy) : startsOf(policy.rules);
  known.set(policy, starts);
  if (!starts) return oftenIn(timeZones[0] ?? 'UTC');
  const all = timeZones.map((timeZone) => timesOf(starts, timeZone));
  return all.reduce((best, times) => (callsInYear(times) < callsInYear(best) ? times : best));
}

/** UTC, and the zones in which the policy counts. */
export function zonesOf({ rules }: Policy): string[] {
  return [...new Set(['UTC', ...rules.flatMap(({ window }) => (window.kind === 'cron' ? window.timeZone : []))])];
}

/** Once a day, half an hour into the hour that is farthest from all backups: what deletes must not meet what copies. */
export function quietTime({ hours, timeZone }: CronTimes): CronTimes {
  const distance = (hour: number): number => Math.min(...hours.map((each) => Math.min((hour - each + 24) % 24, (each - hour + 24) % 24)));
  const quietest = Array.from({ length: 24 }, (_, hour) => hour).reduce((best, hour) => (distance(hour) > distance(best) ? hour : best));
  return { minutes: [30], hours: [quietest], days: undefined, weekdays: undefined, timeZone };
}

/** When somebody has to look, in milliseconds; undefined where that is closer together than any disk is backed up. */
function startsOf(rules: readonly ChainRule[]): Set<number> | undefined {
  const windows = new Map(rules.map(({ window, jitter }) => [JSON.stringify([window, jitter]), { window, jitter }]));
  const starts = new Set<number>();
  const minutes = new Set<number>();
  for (const { window, jitter } of windows.values()) {
    const clock = new WindowClock(window);
    let count = 0;
    for (let at = clock.next(FROM - 1); at !== undefined && (at < UNTIL || count < AT_LEAST); at = clock.next(at)) {
      for (let delay = 0; delay < jitter + SPREAD_MS; delay += SPREAD_MS) starts.add(at + (jitter === 0 ? 0 : delay));
      count++;
      minutes.add(new Date(at).getUTCMinutes());
      if (areTooClose(sorted(minutes))) return undefined;
    }
  }
  return starts;
}

function timesOf(starts: ReadonlySet<number>, timeZone: string): CronTimes {
  const read = fieldReader(timeZone);
  const [minutes, hours, days, weekdays] = [new Set<number>(), new Set<number>(), new Set<number>(), new Set<number>()];
  for (const start of starts) {
    const at = read(start);
    minutes.add(at.minute);
    hours.add(at.hour);
    days.add(at.day);
    weekdays.add(at.weekday);
  }
  if (areTooClose(sorted(minutes))) return oftenIn(timeZone);
  const isWeekly = weekdays.size < 7;
  return {
    minutes: sorted(minutes),
    hours: sorted(hours),
    days: isWeekly || days.size === 31 ? undefined : sorted(days),
    weekdays: isWeekly ? sorted(weekdays) : undefined,
    timeZone,
  };
}

/** As often as any disk is backed up. */
function oftenIn(timeZone: string): CronTimes {
  return { minutes: [0, 10, 20, 30, 40, 50], hours: upTo(24), days: undefined, weekdays: undefined, timeZone };
}

/** Reads the clock of a time zone. */
function fieldReader(timeZone: string): (time: number) => { minute: number; hour: number; day: number; weekday: number } {
  // Clocks differ from UTC by the same for a whole quarter of an hour, so most times need no calendar of the zone.
  const offsets = new Map<number, number>();
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const offsetAt = (time: number): number => {
    const key = Math.floor(time / SPREAD_MS);
    let offset = timeZone === 'UTC' ? 0 : offsets.get(key);
    if (offset === undefined) {
      const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
      offset = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
      offsets.set(key, offset);
    }
    return offset;
  };
  return (time) => {
    const local = new Date(time + offsetAt(time));
    return { minute: local.getUTCMinutes(), hour: local.getUTCHours(), day: local.getUTCDate(), weekday: local.getUTCDay() };
  };
}

function areTooClose(minutes: readonly number[]): boolean {
  return minutes.length > 1 && minutes.some((minute, i) => (minutes[i + 1] ?? minutes[0]! + 60) - minute < CLOSEST_MINUTES);
}

function upTo(end: number): number[] {
  return Array.from({ length: end }, (_, i) => i);
}

function sorted(numbers: ReadonlySet<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}

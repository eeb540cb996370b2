import type { RetentionPolicy } from '../../src/engine/retention/policy.ts';
import type { RetentionPoint } from '../../src/engine/retention/retain.ts';

const texts = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-22 03:46:15` in the zone. */
function localText(time: number, timeZone: string): string {
  const format = texts.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  texts.set(timeZone, format);
  return format.format(time);
}

/** Monday of the week as a day's number since 1970: weeks are the same exactly if their Mondays are. */
function monday(date: string): number {
  const day = Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
  // 1970-01-01 was a Thursday.
  return day - ((day + 3) % 7);
}

const known = new Map<string, Record<string, string>>();

/** In which hour, day, week, month and year a time falls. An hour is told by the local time and how far it is from UTC. */
function cells(time: number, timeZone: string): Record<string, string> {
  const key = `${timeZone} ${time}`;
  const found = known.get(key);
  if (found) return found;
  const text = localText(time, timeZone);
  const [date = '', clock = ''] = text.split(' ');
  const offset = Date.parse(`${date}T${clock}Z`) - Math.floor(time / 1000) * 1000;
  const made = {
    hourly: `${text.slice(0, 13)} ${offset}`,
    daily: date,
    weekly: String(monday(date)),
    monthly: date.slice(0, 7),
    yearly: date.slice(0, 4),
  };
  known.set(key, made);
  return made;
}

/**
 * What a policy keeps, by sets instead of a walk: of each rule the newest points of the latest cells; and the oldest point where a rule's cells
 * are fewer than its count. Independent of the engine's way, for points whose times go with their numbers.
 */
export function keptByModel(points: readonly RetentionPoint[], policy: RetentionPolicy): Set<number> {
  const good = points.filter(({ state }) => state === 'good');
  const kept = new Set<number>();
  const rules = Object.entries({ ...policy, timeZone: 0 }).filter(([, count]) => count > 0);
  const numbers = (all: readonly RetentionPoint[]) => all.map(({ number }) => number);
  for (const [rule, count] of rules) {
    const newestOf = new Map<string, number>();
    for (const { number, time } of good) {
      const cell = rule === 'last' ? String(number) : cells(time, policy.timeZone ?? 'UTC')[rule]!;
      newestOf.set(cell, Math.max(newestOf.get(cell) ?? 0, number));
    }
    const best = [...newestOf.values()].sort((a, b) => b - a);
    for (const number of best.slice(0, count)) kept.add(number);
    if (best.length < count && good.length > 0) kept.add(Math.min(...numbers(good)));
  }
  if (good.length > 0) kept.add(Math.max(...numbers(good)));
  if (points.length > 0) kept.add(Math.max(...numbers(points)));
  for (const { number, state, isHeld, neededFor } of points) {
    const newerGood = good.some((other) => other.number > number);
    if (isHeld || neededFor !== undefined || rules.length === 0 || (state === 'failed' && !newerGood)) kept.add(number);
  }
  return kept;
}

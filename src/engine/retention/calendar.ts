import { BackupError } from '../errors.ts';
import type { Rule } from './policy.ts';

const DAY_MS = 86_400_000;

/** The buckets that one moment falls into, by rule, as people write them; `last` has a bucket for each point. */
export type Buckets = Readonly<Record<Exclude<Rule, 'last'>, string>>;

/**
 * The hours, days, ISO weeks, months and years of a time zone. An hour that is there twice, when clocks are set back, is two hours; that is the one
 * place where this differs from restic.
 */
export class Calendar {
  readonly #format: Intl.DateTimeFormat;
  readonly #known = new Map<number, Buckets>();

  /** @throws badInput for a zone that nobody knows */
  constructor(timeZone = 'UTC') {
    this.#format = formatFor(timeZone);
  }

  /** @param time milliseconds since 1970 */
  bucketsOf(time: number): Buckets {
    const known = this.#known.get(time);
    if (known) return known;
    const parts = Object.fromEntries(this.#format.formatToParts(time).map(({ type, value }) => [type, value]));
    const { year = '', month = '', day = '', hour = '', timeZoneName = '' } = parts;
    const date = `${year}-${month}-${day}`;
    const buckets: Buckets = {
      hourly: `${date} ${hour}h ${timeZoneName}`,
      daily: date,
      weekly: isoWeek(Date.UTC(Number(year), Number(month) - 1, Number(day))),
      monthly: `${year}-${month}`,
      yearly: year,
    };
    this.#known.set(time, buckets);
    return buckets;
  }
}

export function isTimeZone(timeZone: string): boolean {
  try {
    formatFor(timeZone);
    return true;
  } catch {
    return false;
  }
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
  } catch (error) {
    throw new BackupError('badInput', `There is no time zone "${timeZone}".`, {
      unharmed: 'Nothing was changed.',
      hint: 'Name one as the IANA list does, such as Europe/Berlin or UTC.',
      cause: error,
    });
  }
}

/** `2026-W47`: weeks begin on Monday, and belong to the year that has their Thursday (ISO 8601). */
function isoWeek(date: number): string {
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = date + (3 - weekday) * DAY_MS;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * DAY_MS)) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

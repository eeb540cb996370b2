/** When a scheduler calls: at each of the minutes of each of the hours of the days. */
export interface CronTimes {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** 1 to 31; undefined: every day. At most one of `days` and `weekdays` is there, since cron joins them with "or". */
  readonly days: readonly number[] | undefined;
  /** 0 is Sunday; undefined: every day. */
  readonly weekdays: readonly number[] | undefined;
  readonly timeZone: string;
}

/** The five fields of cron. */
export function cronText({ minutes, hours, days, weekdays }: CronTimes): string {
  return [field(minutes, 60), field(hours, 24), days?.join(',') ?? '*', '*', weekdays?.join(',') ?? '*'].join(' ');
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The same for `OnCalendar=` of a systemd timer (systemd.time: CALENDAR EVENTS). */
export function calendarText({ minutes, hours, days, weekdays, timeZone }: CronTimes): string {
  const two = (numbers: readonly number[] | undefined, all: number): string =>
    !numbers || numbers.length === all ? '*' : numbers.map((number) => String(number).padStart(2, '0')).join(',');
  const on = weekdays ? `${weekdays.map((day) => WEEKDAYS[day]).join(',')} ` : '';
  return `${on}*-*-${two(days, 31)} ${two(hours, 24)}:${two(minutes, 60)}:00 ${timeZone}`;
}

/** Calls in a year, about: what makes one set of times smaller than another. */
export function callsInYear({ minutes, hours, days, weekdays }: CronTimes): number {
  const perYear = days ? days.length * 12 : weekdays ? weekdays.length * 52 : 365;
  return minutes.length * hours.length * perYear;
}

// Every one, every so many, or a list.
function field(numbers: readonly number[], all: number): string {
  if (numbers.length === all) return '*';
  const step = all / numbers.length;
  const isEven = Number.isInteger(step) && numbers.length > 2 && numbers.every((number, i) => number === i * step);
  return isEven ? `*/${step}` : numbers.join(',');
}

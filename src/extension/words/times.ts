import type { Voice } from './voice.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `just now`, `5 min ago`, `2 h ago`, `3 d ago`, and from a week on the day. `undefined` for a text that is no time. */
export function agoText(time: number, voice: Voice): string {
  const { t } = voice;
  const age = voice.now() - time;
  // Clocks of two machines differ a little; a time further ahead is told as it is.
  if (age < -5 * MINUTE || age >= 7 * DAY) return t('on {0}', dayText(time, voice));
  if (age < MINUTE) return t('just now');
  if (age < HOUR) return t('{0} min ago', Math.floor(age / MINUTE));
  if (age < DAY) return t('{0} h ago', Math.floor(age / HOUR));
  return t('{0} d ago', Math.floor(age / DAY));
}

/** `21 Nov 14:00`; the year where it is not this one. */
export function momentText(time: number, voice: Voice): string {
  return text(time, voice, { ...yearIfOther(time, voice), day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

/** `21 Nov 14:00:24` */
export function secondText(time: number, voice: Voice): string {
  return text(time, voice, {
    ...yearIfOther(time, voice),
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

/** The moments that would be told alike among these, as {@link momentText} tells them: these want their seconds. */
export function crowdedMoments(times: Iterable<number | undefined>, voice: Voice): ReadonlySet<string> {
  const seen = new Set<string>();
  const crowded = new Set<string>();
  for (const time of times) {
    if (time === undefined) continue;
    const moment = momentText(time, voice);
    if (seen.has(moment)) crowded.add(moment);
    seen.add(moment);
  }
  return crowded;
}

/** `21 Nov 14:00`, with the seconds where another one in the list has the same minute. */
export function distinctText(time: number, crowded: ReadonlySet<string>, voice: Voice): string {
  const moment = momentText(time, voice);
  return crowded.has(moment) ? secondText(time, voice) : moment;
}

/** `21 Nov` */
export function dayText(time: number, voice: Voice): string {
  return text(time, voice, { ...yearIfOther(time, voice), day: 'numeric', month: 'short' });
}

/** To the second, with the time zone, and the same in UTC: `21 Nov 2026 14:00:24 GMT+1 · 2026-11-21 13:00:24 UTC` */
export function exactText(time: number, voice: Voice): string {
  const local = text(time, voice, {
    year: 'numeric',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  if (/\b(?:UTC|GMT)$/.test(local)) return local;
  return `${local} · ${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/**
 * The time in a text that other people's clocks or the service wrote, for showing only. Snapshot ids are opaque: one that is no time stays what it is.
 */
export function timeIn(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function yearIfOther(time: number, { now, timeZone }: Voice): Intl.DateTimeFormatOptions {
  const year = (of: number): string => formatFor('en', { year: 'numeric', timeZone }).format(of);
  return year(time) === year(now()) ? {} : { year: 'numeric' };
}

function text(time: number, { locale, timeZone }: Voice, options: Intl.DateTimeFormatOptions): string {
  // English of no country: day before month, and 24 hours like everywhere else in the product.
  const format = formatFor(locale === 'en' ? 'en-GB' : locale, {
    ...options,
    ...('hour' in options ? { hourCycle: 'h23' } : {}),
    timeZone,
  });
  return format.format(time).replace(/,(?= \d\d:\d\d)/, '');
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format is slow, using it is not. */
function formatFor(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options]);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format;
}

import { sizeText } from '../../engine/sizeText.ts';
import type { Voice } from './voice.ts';

/** `4,812`, in the reader's way of writing numbers. */
export function countText(count: number, { locale }: Voice): string {
  return formatFor(locale).format(count);
}

/** Bytes a second. */
export function rateText(bytesPerSecond: number): string {
  return `${sizeText(Math.round(bytesPerSecond))}/s`;
}

/** `41 %`; never 100 before all is done, never 0 once something is. */
export function percentText(done: number, total: number, { t }: Voice): string {
  if (total <= 0 || done >= total) return t('{0} %', 100);
  const percent = Math.floor((done / total) * 100);
  return done > 0 && percent === 0 ? t('< 1 %') : t('{0} %', percent);
}

/** `0.4 s`, `7 s`, `2 min 5 s`, `1 h 5 min`, `3 d 4 h` */
export function durationText(milliseconds: number, { t }: Voice): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return t('{0} s', seconds.toFixed(1).replace(/\.0$/, ''));
  const whole = Math.round(seconds);
  if (whole < 60) return t('{0} s', whole);
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (hours === 0) return whole % 60 === 0 ? t('{0} min', minutes) : t('{0} min {1} s', minutes, whole % 60);
  if (days === 0) return minutes % 60 === 0 ? t('{0} h', hours) : t('{0} h {1} min', hours, minutes % 60);
  return hours % 24 === 0 ? t('{0} d', days) : t('{0} d {1} h', days, hours % 24);
}

export function pointsText(count: number, voice: Voice): string {
  return count === 1 ? voice.t('1 point') : voice.t('{0} points', countText(count, voice));
}

export function snapshotsText(count: number, voice: Voice): string {
  return count === 1 ? voice.t('1 snapshot') : voice.t('{0} snapshots', countText(count, voice));
}

const formats = new Map<string, Intl.NumberFormat>();

/** Making a format is slow, using it is not. */
function formatFor(locale: string): Intl.NumberFormat {
  const format = formats.get(locale) ?? new Intl.NumberFormat(locale);
  formats.set(locale, format);
  return format;
}

import { Cron } from 'croner';
import { isMap } from 'yaml';
import { isTimeZone } from '../../engine/retention/calendar.ts';
import type { Window } from '../policy.ts';
import { count, mapping, placed, scalarOf, text, type Placed, type Read } from './fields.ts';
import type { PolicyText } from './policyText.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^([1-9]\d{0,4})([mhd])$/;
/** A premium source takes one snapshot in ten minutes; no disk needs more. */
const SHORTEST_MS = 10 * UNITS.m;

/** A window whose time zone, if it has none of its own, is still to be filled in. */
export type WrittenWindow =
  | { readonly kind: 'every'; readonly ms: number }
  | { readonly kind: 'cron'; readonly cron: string; readonly timeZone: string | undefined };

/** `90m`, `12h`, `7d` as milliseconds. */
export const readDuration: Read<number> = (node, file) => {
  const written = text('a time such as 30m, 12h or 7d', DURATION)(node, file);
  const [, amount, unit] = DURATION.exec(written ?? '') ?? [];
  return unit === undefined ? undefined : Number(amount) * UNITS[unit as keyof typeof UNITS];
};

export const readTimeZone: Read<string> = (node, file) => {
  const zone = text('the name of a time zone, such as Europe/Berlin')(node, file);
  if (zone === undefined || isTimeZone(zone)) return zone;
  return file.complain(node, `There is no time zone "${zone}". Name one as the IANA list does, such as Europe/Berlin or UTC.`);
};

interface WindowFields {
  readonly every: number;
  readonly cron: Placed<string>;
  readonly timeZone: string;
}

const readCron: Read<string> = (node, file) => {
  const pattern = text('a cron pattern of five fields, such as "0 3 * * *"', /^\s*\S+(\s+\S+){4}\s*$/)(node, file);
  if (pattern === undefined) return undefined;
  try {
    if (new Cron(pattern, { paused: true }).nextRun()) return pattern;
    return file.complain(node, `The cron pattern "${pattern}" never comes true.`);
  } catch (error) {
    return file.complain(node, `The cron pattern "${pattern}" cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const readFields = mapping<WindowFields>('a window', { every: readDuration, cron: placed(readCron), timeZone: readTimeZone }, []);

/** `12h`, `{ every: 12h }` or `{ cron: "0 3 * * *", timeZone: Europe/Berlin }`. */
export const readWindow: Read<WrittenWindow> = (node, file) => {
  if (!isMap(file.resolved(node))) {
    const ms = readDuration(node, file);
    return ms === undefined ? undefined : every(ms, node, file);
  }
  const map = file.resolved(node);
  const has = (key: string): boolean => isMap(map) && map.has(key);
  const fields = readFields(node, file);
  if (has('every') === has('cron')) return file.complain(node, 'A window has either "every" or "cron".');
  if (has('every') && has('timeZone'))
    return file.complain(node, 'An interval counts real time and has no time zone; a cron pattern has one.');
  if (fields?.every !== undefined) return every(fields.every, node, file);
  return fields?.cron && { kind: 'cron', cron: fields.cron.value, timeZone: fields.timeZone };
};

function every(ms: number, node: Parameters<Read<number>>[0], file: PolicyText): WrittenWindow | undefined {
  if (ms >= SHORTEST_MS) return { kind: 'every', ms };
  return file.complain(node, 'A window is at least 10m long: a premium disk takes one snapshot in ten minutes.');
}

export function inZone(window: WrittenWindow, timeZone: string): Window {
  return window.kind === 'every' ? window : { ...window, timeZone: window.timeZone ?? timeZone };
}

const readRule: Read<number> = (node, file) => (scalarOf(file.resolved(node)) === 'all' ? Infinity : count(0)(node, file));

interface RetentionFields {
  readonly last: number;
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
  readonly timeZone: string;
}

const readRules = mapping<RetentionFields>(
  'a retention',
  { last: readRule, hourly: readRule, daily: readRule, weekly: readRule, monthly: readRule, yearly: readRule, timeZone: readTimeZone },
  [],
);

/** `all`, or the rules. */
export const readRetention: Read<'all' | Partial<RetentionFields>> = (node, file) => {
  if (scalarOf(file.resolved(node)) === 'all') return 'all';
  const before = file.problems.length;
  const rules = readRules(node, file);
  if (!rules || file.problems.length > before) return undefined;
  const { timeZone: _, ...counts } = rules;
  if (Object.values(counts).some((each) => each > 0)) return rules;
  return file.complain(node, 'This retention keeps nothing: name at least one rule, such as daily: 7, or write "all".');
};

import { Calendar } from './calendar.ts';
import { hasRules, RULES, type RetentionPolicy, type Rule } from './policy.ts';

/** A recovery point as the policy sees it. */
export interface RetentionPoint {
  readonly number: number;
  /** Milliseconds: the time whose state of the disk the point shows. NaN where nobody can tell. */
  readonly time: number;
  /** `failed`: a verification found it wrong. */
  readonly state: 'good' | 'failed';
  /** Somebody protects it. */
  readonly isHeld?: boolean;
  /** Why unfinished work needs it, as a clause for people. */
  readonly neededFor?: string | undefined;
}

export interface Decision {
  readonly number: number;
  readonly keep: boolean;
  /** In plain words, at least one: `newest of week 2026-W47`. */
  readonly reasons: readonly string[];
}

const UNIT: Readonly<Record<Rule, string>> = {
  last: 'point',
  hourly: 'hour',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
};

/** One rule while it walks from the newest point to the oldest. */
interface Tally {
  readonly rule: Rule;
  readonly count: number;
  left: number;
  /** The bucket that was met last, and the point that is kept for it. */
  bucket: string;
  by: number;
}

/**
 * What a policy makes of a chain's points, in the way of restic's `forget`: from the newest point to the oldest, each rule keeps the first one of
 * each of its buckets until its count is used up, and the oldest point of all while there is room. Whatever the rules say there stay: the newest
 * point, since the next run builds on it; the newest good one; held ones; those that unfinished work needs. Points that a verification found wrong
 * take no place from good ones, and go once a good one is newer. A policy without rules keeps everything.
 * @param points any order; their numbers give the order in time
 * @param calendar of the policy's zone; handed in by callers that ask often
 * @returns a decision for each point, newest first
 */
export function retain(
  points: readonly RetentionPoint[],
  policy: RetentionPolicy,
  calendar: Calendar = new Calendar(policy.timeZone),
): Decision[] {
  const newestFirst = points.toSorted((a, b) => b.number - a.number);
  const newest = newestFirst[0];
  const good = newestFirst.filter(({ state }) => state === 'good');
  const [newestGood] = good;
  const oldestGood = good.at(-1);
  const tallies = RULES.flatMap((rule): Tally[] => {
    const count = policy[rule] ?? 0;
    return count > 0 ? [{ rule, count, left: count, bucket: '', by: 0 }] : [];
  });
  return newestFirst.map((point) => {
    const kept: string[] = [];
    let gone: string[];
    if (point === newest) kept.push('newest point, on which the next run builds');
    else if (point === newestGood) kept.push('newest good point');
    if (point.isHeld) kept.push('held');
    if (point.neededFor !== undefined) kept.push(point.neededFor);
    if (!hasRules(policy)) kept.push('the policy has no rules');
    if (Number.isNaN(point.time)) kept.push('nobody can tell its time');
    if (point.state === 'failed') {
      gone = ['a verification found it wrong, and there are newer good points'];
      if (newestGood === undefined || newestGood.number < point.number) kept.push('no good point is newer');
    } else {
      // Before the walk: its own place in a bucket is not what speaks against it.
      gone = tallies.map((tally) => whyNot(tally, bucketOf(tally.rule, point, calendar)));
      for (const tally of tallies) kept.push(...whyKept(tally, point, point === oldestGood, calendar));
    }
    return { number: point.number, keep: kept.length > 0, reasons: kept.length > 0 ? kept : gone };
  });
}

function bucketOf(rule: Rule, { number, time }: RetentionPoint, calendar: Calendar): string {
  if (rule === 'last') return String(number);
  return Number.isNaN(time) ? 'unknown' : calendar.bucketsOf(time)[rule];
}

/** Takes the point into the rule's count where it is the first of its bucket, or the oldest of all. */
function whyKept(tally: Tally, point: RetentionPoint, isOldest: boolean, calendar: Calendar): string[] {
  const bucket = bucketOf(tally.rule, point, calendar);
  const isFirst = bucket !== tally.bucket;
  if (tally.left === 0 || !(isFirst || isOldest)) return [];
  tally.left--;
  tally.bucket = bucket;
  tally.by = point.number;
  if (!isFirst) return [`oldest point, and not all ${tally.count} ${UNIT[tally.rule]}s are there yet`];
  if (tally.rule !== 'last') return [`newest of ${UNIT[tally.rule]} ${bucket}`];
  return [tally.count === Infinity ? 'all points are kept' : `one of the last ${tally.count}`];
}

function whyNot({ rule, count, left, bucket, by }: Tally, own: string): string {
  if (left > 0 || bucket === own) return `point ${by} stands for ${UNIT[rule]} ${own}`;
  return `${count === 1 ? `one newer ${UNIT[rule]} is` : `${count} newer ${UNIT[rule]}s are`} kept`;
}

import type { DueAnswer } from '../../policy/windows/due.ts';
import { dueNow } from '../../policy/apply/chainLook.ts';
import { clockOf } from '../../policy/windows/windowClock.ts';
import { isPassing, type FleetProblem, type FleetRow } from './fleetRow.ts';
import { unverifiedSince, verifyDueOfRow } from './verifyDueOfRow.ts';

/**
 * How a chain of a policy stands:
 * - `failed`: its last run failed
 * - `unreadable`: its catalogue cannot be read, for a reason that does not go away by itself
 * - `wrong`: a verification found the newest point wrong
 * - `overdue`: its window is long begun, and nobody is about to serve it
 * - `unverified`: it is backed up; the verification that its policy asks for fails, or is long overdue and not about to be done
 * - `due`: its window has begun
 * - `unknown`: nobody has looked yet
 */
export type ChainStanding = 'failed' | 'unreadable' | 'wrong' | 'overdue' | 'unverified' | 'running' | 'due' | 'good' | 'unknown';

/** What wants somebody to look, the worst first. */
export const TROUBLE: readonly ChainStanding[] = ['failed', 'unreadable', 'wrong', 'overdue', 'unverified'];

/** What the scheduler is doing about a chain. */
export interface Doing {
  readonly state: 'running' | 'waiting' | 'idle';
  /** Why its last run failed, unless one went well since. */
  readonly failure?: FleetProblem | undefined;
  readonly verification?: DoingVerification | undefined;
}

/** What the scheduler is doing about the verification that is due of a chain. */
export interface DoingVerification {
  /** It was not tried yet, and is about to be, or under way for the first time. */
  readonly isPending: boolean;
  /** Why the last try failed. */
  readonly failure: FleetProblem | undefined;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A window may begin this share of its length late, within bounds, before it counts as overdue: a daily one after 26 hours. */
const LATE_SHARE = 1 / 12;
const LATE_LEAST = 30 * MINUTE;
const LATE_MOST = 12 * HOUR;
/** A verification is long overdue after so many times what the policy asks for. */
const VERIFIED_LATE = 2;

/** Facts and clocks only; nothing is asked. */
export function standingOf(row: FleetRow, doing: Doing, now: number): ChainStanding {
  const { facts, problem } = row;
  if (doing.state === 'running') return 'running';
  const isLate = facts !== undefined && isOverdue(row, now);
  const isTried = doing.state === 'idle';
  if (doing.failure && (!isPassing(doing.failure) || (isLate && isTried))) return 'failed';
  if (problem && !isPassing(problem)) return 'unreadable';
  if (!facts) return 'unknown';
  if (facts.isWrong) return 'wrong';
  if (isLate && isTried) return 'overdue';
  if (isUnverified(row, doing.verification, now)) return 'unverified';
  return dueOfRow(row, now).isDue ? 'due' : 'good';
}

export function dueOfRow({ chain, facts }: FleetRow, now: number): DueAnswer {
  return dueNow(chain, facts?.lookedOn, now);
}

function isUnverified(row: FleetRow, doing: DoingVerification | undefined, now: number): boolean {
  if (!verifyDueOfRow(row, now)?.isDue) return false;
  if (doing?.failure && !isPassing(doing.failure)) return true;
  return !doing?.isPending && now - unverifiedSince(row, now) > VERIFIED_LATE * row.chain.rule.verify!.every;
}

/** Was a window not served long after it began? A chain that has no point at all is due, not overdue: nothing was promised yet. */
export function isOverdue({ chain, facts }: FleetRow, now: number): boolean {
  const due = dueNow(chain, facts?.lookedOn, now);
  if (!due.isDue || facts?.lookedOn === undefined || due.window === undefined) return false;
  if (due.missed) return true;
  const length = (clockOf(chain.rule.window).next(due.window) ?? Infinity) - due.window;
  const grace = Math.min(LATE_MOST, Math.max(LATE_LEAST, length * LATE_SHARE));
  return now - due.window - chain.rule.jitter > grace;
}

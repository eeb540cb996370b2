import type { Policy, Window } from '../policy.ts';
import { callTimes, quietTime, zonesOf } from './callTimes.ts';
import type { CronTimes } from './cronTimes.ts';
import { commentText } from './quote.ts';

/** What a generated file is made from. */
export interface ScheduleRequest {
  readonly policy: Policy;
  /** The policy file, whole. */
  readonly policyText: string;
  /** Where the scheduler finds it: on its machine, in its checkout, or beside the generated file. */
  readonly policyPath: string;
  /** Parts that the fleet is split into, on schedulers of many machines. */
  readonly shards: number;
  /** The part of this machine, `2/5`, on schedulers of one machine. */
  readonly shard: string | undefined;
  /** Reference of the container image of the command line. */
  readonly image: string;
}

export interface GeneratedFile {
  readonly name: string;
  readonly text: string;
}

/** What is called, each by an identity of its own: the one that backs up need not be able to delete backups. */
export interface Task {
  readonly name: 'backup' | 'prune';
  readonly times: CronTimes;
}

/** Files of one scheduler. */
export type Generator = (request: ScheduleRequest) => readonly GeneratedFile[];

/** What has to be called when, in the best of the zones that the scheduler can count in. A policy that keeps every point needs no prune. */
export function tasksOf(policy: Policy, timeZones: readonly string[] = ['UTC']): Task[] {
  const times = callTimes(policy, timeZones);
  const backup: Task = { name: 'backup', times };
  return policy.rules.some(({ retention }) => retention) ? [backup, { name: 'prune', times: quietTime(times) }] : [backup];
}

/** For schedulers that can count in any zone. */
export function tasksInAnyZone(policy: Policy): Task[] {
  return tasksOf(policy, zonesOf(policy));
}

export const IS_ONLY = { backup: 'backs up what is due', prune: 'deletes the points that no rule keeps' } as const;

/** For schedulers that run the image. */
export const IMAGE_NOTE = 'The image is made with the Containerfile of page-blob-backup; put it where the scheduler can pull it.';

/** Words of a task behind `page-blob-backup`; `shard` is left out where there is one. */
export function argumentsOf({ name }: Task, policyPath: string, shard: string | undefined): string[] {
  return ['apply', '--policy', policyPath, '--only', name, ...(shard === undefined ? [] : ['--shard', shard])];
}

/** What every file says of itself at its top, a line an item. */
export function headOf(request: ScheduleRequest, [backup]: readonly Task[], more: readonly string[]): string[] {
  const { policy } = request;
  const zones = zonesOf(policy).filter((zone) => zone !== backup!.times.timeZone && policyCountsIn(policy, zone));
  const early =
    zones.length === 0
      ? []
      : ['Where clocks are changed some calls come an hour early or late; they find nothing due, and the right one is among them.'];
  return [
    ...originOf(request),
    `The times of the calls count in ${backup!.times.timeZone}. They are those at which something may be due; apply itself decides what is.`,
    ...early,
    ...more,
  ];
}

/** The first lines of that. */
export function originOf({ policy }: ScheduleRequest): string[] {
  const windows = [...new Set(policy.rules.map(({ window }) => windowText(window)))];
  return [
    'Made by "page-blob-backup generate" from a policy. There is no secret in it; make it anew when the policy changes.',
    `Windows of the policy: ${windows.join('; ')}.`,
  ];
}

function policyCountsIn({ rules }: Policy, zone: string): boolean {
  return rules.some(({ window }) => window.kind === 'cron' && window.timeZone === zone);
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
] as const;

function windowText(window: Window): string {
  if (window.kind === 'cron') return commentText(`"${window.cron.trim().replaceAll(/\s+/g, ' ')}" in ${window.timeZone}`);
  const [unit, letter] = UNITS.find(([unit]) => window.ms % unit === 0) ?? [1, 'ms'];
  return `every ${window.ms / unit}${letter}, counted in UTC`;
}

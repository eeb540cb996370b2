/** The rules of a retention policy, the finest first. */
export const RULES = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;

export type Rule = (typeof RULES)[number];

/**
 * Which recovery points stay, in the way of restic's `forget`: `daily: 7` keeps the newest point of each of the 7 latest days that have one.
 * A count is a whole number, or Infinity for all; absent and 0 mean that the rule keeps nothing. A point stays when any rule keeps it.
 */
export type RetentionPolicy = Readonly<Partial<Record<Rule, number>>> & {
  /** IANA name of the zone whose hours, days, weeks, months and years count; default UTC. */
  readonly timeZone?: string | undefined;
};

/** Does the policy keep anything by itself? One that does not would delete all but the newest point, which nobody means. */
export function hasRules(policy: RetentionPolicy): boolean {
  return RULES.some((rule) => (policy[rule] ?? 0) > 0);
}

/** `last 3, daily 7, weekly 5 (Europe/Berlin)` */
export function policyText(policy: RetentionPolicy): string {
  const rules = RULES.flatMap((rule) => (policy[rule] ? `${rule} ${policy[rule] === Infinity ? 'all' : policy[rule]}` : []));
  return `${rules.join(', ') || 'nothing'} (${policy.timeZone ?? 'UTC'})`;
}

import type { Estimate } from '../../engine/jobs/estimate.ts';
import type { RestorePlan } from './plan.ts';

/** What is moved in all; undefined where nobody can tell before the disk has been read. */
export function estimateOfPlan({ to, plan }: RestorePlan): Estimate | undefined {
  if (to !== 'chain') return plan.estimate;
  const estimates = plan.steps.flatMap(({ estimate, skipped }) => (skipped === undefined && estimate ? estimate : []));
  return estimates.length === 0 ? undefined : estimates.reduce(added);
}

function added(a: Estimate, b: Estimate): Estimate {
  return {
    written: a.written + b.written,
    cleared: a.cleared + b.cleared,
    writes: a.writes + b.writes,
    clears: a.clears + b.clears,
    ranges: a.ranges + b.ranges,
    secondsAtLimit: a.secondsAtLimit + b.secondsAtLimit,
  };
}

import { listPoints } from '../../engine/jobs/points/points.ts';
import { planPrune, type PrunePlan } from '../../engine/jobs/prune/plan.ts';
import type { RetentionPoint } from '../../engine/retention/retain.ts';
import type { JobOptions } from '../../engine/tools.ts';
import type { VerifyRule } from '../policy.ts';
import { Simulation } from '../simulate.ts';
import type { DueAnswer } from '../windows/due.ts';
import { verifyDueOf, type VerifyDue } from '../windows/verifyDue.ts';
import { clockOf } from '../windows/windowClock.ts';
import { lookAtChain, type ChainPorts } from './chainLook.ts';
import type { PolicyChain } from './expand.ts';

/** One run that is to come, if every run makes a point. */
export interface ComingRun {
  /** Milliseconds. */
  readonly at: number;
  /** Number of the point it makes. */
  readonly point: number;
  /** Points that are deleted after it, with the reasons. */
  readonly deletes: readonly { readonly number: number; readonly reasons: readonly string[] }[];
}

/** What a policy means for one chain, now and in the coming runs. */
export interface ChainPreview {
  readonly chain: PolicyChain;
  readonly due: DueAnswer;
  readonly coming: readonly ComingRun[];
  /** What a prune would do with the points of now; undefined where there are none, or where all stay. */
  readonly prune: PrunePlan | undefined;
  /** When the newest point is verified next; undefined where the policy asks for none, or there is no point yet. */
  readonly verify?: (VerifyDue & VerifyRule) | undefined;
}

/** Looks and thinks ahead, and changes nothing. @param runs how many runs to come are shown */
export async function previewChain(chain: PolicyChain, ports: ChainPorts, runs: number, options: JobOptions): Promise<ChainPreview> {
  const { due, index } = await lookAtChain(chain, ports, options);
  const { retention: policy, window, jitter, verify: rule } = chain.rule;
  const points = index.numbers.length === 0 ? [] : await pointsNow(ports, options);
  const prune = policy && points.length > 0 ? await planPrune({ ...ports, policy }, options) : undefined;
  const simulation = new Simulation({ chain: chain.key, clock: clockOf(window), jitter, retention: policy, points });
  const coming: ComingRun[] = [];
  for (let now = options.world.now(); coming.length < runs;) {
    const at = coming.length === 0 && !due.isDue ? due.next : simulation.nextDue(now);
    if (at === undefined) break;
    const decisions = simulation.apply(at) ?? [];
    const deletes = decisions.filter(({ keep }) => !keep).map(({ number, reasons }) => ({ number, reasons }));
    coming.push({ at, point: simulation.points.at(-1)?.number ?? 0, deletes });
    now = at;
  }
  const verify = rule && index.numbers.length > 0 ? { ...rule, ...verifyDueOf(rule, index.verifiedOn, options.world.now()) } : undefined;
  return { chain, due, coming, prune, verify };
}

async function pointsNow({ backup, catalogue }: ChainPorts, options: JobOptions): Promise<RetentionPoint[]> {
  const { points } = await listPoints({ backup, catalogue }, options);
  return points
    .filter(({ state }) => state !== 'missing')
    .map(({ entry, state, isHeld = false }): RetentionPoint => ({
      number: entry.number,
      time: Date.parse(entry.startedOn),
      state: state === 'failed' ? 'failed' : 'good',
      isHeld,
    }))
    .reverse();
}

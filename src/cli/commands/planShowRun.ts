import { resultOf, type RunEvent } from '../../engine/events.ts';
import type { CommandContext } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import type { People } from '../people.ts';

/** One kind of restore, as the command line needs to know it. */
export interface Face<Plan extends object, Result extends object> {
  readonly plan: () => Promise<Plan>;
  readonly tellPlan: (people: People, plan: Plan) => void;
  readonly run: (plan: Plan) => AsyncIterable<RunEvent<Result>>;
  readonly tellResult: (people: People, result: Result, ms: number) => void;
}

/** Plans; then shows the plan (`--dry-run`), or runs it and tells the result. */
export async function planShowRun<Plan extends object, Result extends object>(
  { plan: makePlan, tellPlan, run, tellResult }: Face<Plan, Result>,
  { args, people, hear, print, requests, elapsed }: CommandContext,
): Promise<typeof EXIT.done> {
  people.draw(' preparing  Looking at the recovery point and the target.');
  const plan = await makePlan();
  if (args.flag('dry-run')) {
    tellPlan(people, plan);
    await print('plan', plan);
    return EXIT.done;
  }
  const result = await resultOf(run(plan), hear);
  tellResult(people, result, elapsed());
  await print('result', { ...result, requests: requests() });
  return EXIT.done;
}

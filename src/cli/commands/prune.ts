import { resultOf } from '../../engine/events.ts';
import { listPoints } from '../../engine/jobs/points/points.ts';
import { planPrune, type PruneRequest } from '../../engine/jobs/prune/plan.ts';
import { runPrune } from '../../engine/jobs/prune/run.ts';
import { hasRules, RULES, type RetentionPolicy } from '../../engine/retention/policy.ts';
import { usageError, type Arguments } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, exitStatusOf, type ExitStatus } from '../exitStatus.ts';
import { baseBlob, CATALOGUE_OPTION, catalogueOf } from '../operands.ts';
import { DRY_RUN_OPTION } from './options.ts';
import { resultObject, tellPlan, tellResult } from './pruneText.ts';

const RULE_TEXT = {
  last: 'Keep the newest n points.',
  hourly: 'Keep the newest point of each of the latest n hours that have one.',
  daily: 'The same for days.',
  weekly: 'The same for weeks, which begin on Monday.',
  monthly: 'The same for months.',
  yearly: 'The same for years.',
} as const;

/** `prune <backup>`: deletes the recovery points that no rule keeps. */
export const prune: Command = {
  name: 'prune',
  summary: 'Delete the recovery points that no rule keeps.',
  operands: ['<backup>'],
  options: [
    ...RULES.map((rule) => ({ name: `keep-${rule}`, value: 'n', least: 0, text: RULE_TEXT[rule] })),
    { name: 'time-zone', value: 'zone', text: 'Whose hours, days, weeks, months and years count, such as Europe/Berlin (UTC).' },
    CATALOGUE_OPTION,
    DRY_RUN_OPTION,
  ],
  notes: [
    'A point stays when any rule keeps it. The newest point, the newest good one and held ones stay whatever the rules say.',
    '--dry-run explains every point, and tells how many bytes the deletion would free.',
  ],
  unharmed: 'The points that are kept are as they were.',
  whenStopped: 'What was recorded as pruned is finished by the next prune; the points that are kept are as they were.',
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const { args, azure, job, people, hear, print } = context;
  const backup = baseBlob(azure, args.operand(0), 'backup', 'prune');
  const policy = policyOf(args);
  const chain = { backup, catalogue: catalogueOf(azure, backup, args.text('catalogue')) };
  people.draw(' preparing  Reading the catalogue.');
  const [newest] = (await listPoints(chain, job)).points;
  const request: PruneRequest = { ...chain, policy, source: newest && azure.pageBlob(newest.entry.source.url) };
  const plan = await planPrune(request, { ...job, estimate: args.flag('dry-run') });
  tellPlan(people, plan);
  if (args.flag('dry-run')) {
    people.line('Nothing was changed: this was a dry run.');
    await print('plan', plan);
    return EXIT.done;
  }
  const result = await resultOf(runPrune(plan, request, job), hear);
  tellResult(people, result);
  await print('result', { ...resultObject(result), requests: context.requests() });
  const [refused] = result.refused;
  return refused ? exitStatusOf(refused.error) : EXIT.done;
}

function policyOf(args: Arguments): RetentionPolicy {
  const rules = RULES.map((rule) => [rule, args.number(`keep-${rule}`) ?? 0] as const);
  const policy: RetentionPolicy = { ...Object.fromEntries(rules), timeZone: args.text('time-zone') };
  if (!hasRules(policy)) throw usageError('No rule says which points to keep: name at least one, such as --keep-daily 7.', 'prune');
  return policy;
}

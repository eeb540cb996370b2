import { writeFile } from 'node:fs/promises';
import { redact } from '../../engine/redact.ts';
import { isBackupError } from '../../engine/errors.ts';
import { forEachBounded } from '../../engine/transfer/concurrency.ts';
import type { World } from '../../engine/world.ts';
import { applyAll, isFailure } from '../../policy/apply/applyAll.ts';
import { applyChain, type ChainOutcome } from '../../policy/apply/applyChain.ts';
import type { ChainPorts } from '../../policy/apply/chainLook.ts';
import { expandPolicy, type Expansion, type PolicyChain } from '../../policy/apply/expand.ts';
import { previewChain } from '../../policy/apply/preview.ts';
import { pruneChain } from '../../policy/apply/pruneChain.ts';
import { countsText, reportText, verificationsText } from '../../policy/apply/report.ts';
import { isTrouble, verifyChain, type ChainVerification } from '../../policy/apply/verifyChain.ts';
import { isInShard, type Shard } from '../../policy/apply/shard.ts';
import type { Policy } from '../../policy/policy.ts';
import { usageError, type Arguments } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, exitStatusOf, type ExitStatus } from '../exitStatus.ts';
import { catalogueOf } from '../operands.ts';
import { amountText } from '../words.ts';
import { outcomeObject, previewObject, tellOutcome, tellPreview } from './applyText.ts';
import { DRY_RUN_OPTION } from './options.ts';
import { ToldApply } from './applyTold.ts';
import { verifyDueChains } from './applyVerify.ts';
import { shardOf } from './shardOption.ts';
import { POLICY_OPTION, policyOf, problemWith } from './policyFile.ts';

const PARALLEL = 4;
const PATIENCE_S = 90;
const PREVIEW = 3;
const ONLY = ['backup', 'prune', 'verify'] as const;

/** `apply --policy FILE`: does all that is due. */
export const apply: Command = {
  name: 'apply',
  summary: 'Do all that a policy file says is due: back up, prune, verify.',
  operands: [],
  options: [
    POLICY_OPTION,
    { name: 'parallel', value: 'n', least: 1, text: `Chains at once (${PARALLEL}).` },
    { name: 'shard', value: 'i/n', text: 'Only the i-th of n parts of the chains: for several machines that share a fleet.' },
    { name: 'wait', value: 'seconds', least: 0, text: `How long to wait for chains that another process is backing up (${PATIENCE_S}).` },
    {
      name: 'now',
      value: 'time',
      text: 'The time to take for now, such as 2026-01-31T03:00:00Z: for trying a policy out. Records bear it too.',
    },
    {
      name: 'only',
      value: 'task',
      choices: ONLY,
      text: 'Only back up and verify, only prune, or only verify: for identities with different rights.',
    },
    { name: 'report', value: 'file', text: 'Write a summary in Markdown to this file.' },
    { name: 'coming', value: 'n', least: 0, text: `With --dry-run: how many coming runs of each chain are shown (${PREVIEW}).` },
    DRY_RUN_OPTION,
  ],
  notes: [
    'With --json there is one object of type "chain" for each chain, one of type "verification" for each that was due, and a result with the counts. One chain',
    'that fails does not stop the others; the exit status is 7 if a point was found wrong, else that of the first that failed. Run it as often as you like:',
    'what is not due is left alone, and what another process does is not done twice.',
  ],
  whenStopped: 'Recovery points are as they were. Run the same command again: it goes on from here.',
  run,
};

async function run(context: CommandContext): Promise<ExitStatus> {
  const { args, azure, people, print } = context;
  const { policy } = await policyOf(context);
  context.trust(textsIn(policy));
  const job = { ...context.job, world: clockOf(args, context.job.world) };
  const { signal } = job;
  people.draw(' preparing  Looking for the disks of the policy.');
  const expansion = inShard(
    await expandPolicy(args.choice('only', ONLY) === 'backup' ? keepingAll(policy) : policy, azure, { signal }),
    shardOf(args, 'apply'),
  );
  for (const { what, error } of expansion.faults) {
    people.line(` failed     ${what}  ${error.fullText}`, 'error');
    await print('fault', { what, code: error.code, message: error.message });
  }
  for (const what of expansion.empty) people.line(` warning    No page blob matches ${what}.`, 'warning');
  const portsOf = ({ source, backup, target }: PolicyChain): ChainPorts => {
    const blob = azure.pageBlob(backup);
    return { source: azure.pageBlob(source), backup: blob, catalogue: catalogueOf(azure, blob, target.catalogue) };
  };
  if (args.flag('dry-run')) return preview(expansion, portsOf, job, context);

  const now = job.world.now();
  if (args.flag('now')) people.line(` warning    Records will say that it is ${new Date(now).toISOString()}, as --now does.`, 'warning');
  const outcomes: ChainOutcome[] = [];
  const onOutcome = async (outcome: ChainOutcome): Promise<void> => {
    outcomes.push(outcome);
    told.chain(outcome);
    tellOutcome(people, outcome);
    await print('chain', outcomeObject(outcome));
  };
  const limits = { parallel: args.number('parallel') ?? PARALLEL, patience: (args.number('wait') ?? PATIENCE_S) * 1000 };
  const told = new ToldApply(await context.openTelemetry(now), job.world);
  const only = args.choice('only', ONLY);
  const act = told.timed(only === 'prune' ? pruneChain : applyChain);
  const verifications: ChainVerification[] = [];
  let putOff = 0;
  try {
    if (only !== 'verify') await applyAll(expansion.chains, portsOf, { ...job, ...limits, act, onOutcome });
    const until = Math.min(...outcomes.map(({ next = Infinity }) => next));
    const verify = told.verifying(verifyChain);
    const hear = { parallel: limits.parallel, until, verify, onVerification: (each: ChainVerification) => void verifications.push(each) };
    if (only !== 'prune') putOff = await verifyDueChains(expansion.chains, portsOf, hear, job, context);
  } finally {
    const file = args.text('report');
    if (file !== undefined)
      await write(file, reportText({ now, outcomes, verifications, faults: expansion.faults, empty: expansion.empty }));
  }
  const troubled = verifications.filter(isTrouble);
  const failed = [...troubled, ...outcomes.filter(isFailure)];
  const texts = [only === 'verify' ? '' : countsText(outcomes), verificationsText(verifications)].filter(Boolean);
  if (putOff > 0)
    texts.push(`${amountText(putOff, 'chain')} not looked at for verification, since a backup is due again: the next call does that.`);
  people.line(texts.join(' ') || 'Nothing was due.', failed.length > 0 ? 'error' : 'plain');
  const counts = Object.fromEntries(
    Map.groupBy(outcomes, ({ outcome }) => outcome)
      .entries()
      .map(([word, all]) => [word, all.length]),
  );
  const failures = failed.length + expansion.faults.length;
  const undelivered = await told.end(context.requests(), failures);
  if (undelivered !== undefined) people.line(` warning    The telemetry could not be delivered: ${undelivered}`, 'warning');
  const verified = verifications.filter(({ outcome }) => outcome === 'verified').length;
  const wrong = verifications.filter(({ outcome }) => outcome === 'wrong').length;
  const chains = only === 'verify' ? expansion.chains.length : outcomes.length;
  await print('result', { job: 'apply', chains, counts, verified, wrong, putOff, failed: failures, requests: context.requests() });
  if (wrong > 0) return EXIT.integrity;
  const [error] = [...expansion.faults, ...failed].flatMap(({ error }) => error ?? []);
  return error ? exitStatusOf(error) : EXIT.done;
}

async function preview(
  { chains, faults }: Expansion,
  portsOf: (chain: PolicyChain) => ChainPorts,
  job: CommandContext['job'],
  { args, people, print }: CommandContext,
): Promise<ExitStatus> {
  let failure: unknown = faults[0]?.error;
  const show = async (chain: PolicyChain): Promise<void> => {
    try {
      const shown = await previewChain(chain, portsOf(chain), args.number('coming') ?? PREVIEW, job);
      tellPreview(people, shown);
      await print('chain', previewObject(shown));
    } catch (error) {
      if (!isBackupError(error) || error.code === 'cancelled') throw error;
      failure ??= error;
      people.line(` failed     ${chain.source}  ${error.fullText}`, 'error');
      await print('chain', { source: chain.source, backup: chain.backup, outcome: 'failed', code: error.code, message: error.message });
    }
  };
  await forEachBounded(chains, { calls: args.number('parallel') ?? PARALLEL, bytes: Infinity }, () => 0, show, job.signal);
  people.line(`${amountText(chains.length, 'chain')}. Nothing was changed: this was a dry run.`);
  await print('result', { job: 'apply', dryRun: true, chains: chains.length });
  return failure === undefined ? EXIT.done : exitStatusOf(failure);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, redact(text));
  } catch (error) {
    throw problemWith(`The report ${file} cannot be written`, error);
  }
}

/** The machine's clock, set to the time of `--now`. @throws badInput */
function clockOf(args: Arguments, world: World): World {
  const text = args.text('now');
  if (text === undefined) return world;
  const now = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(now)) {
    throw usageError(`--now takes a time such as 2026-01-31T03:00:00Z, not "${text}".`, 'apply');
  }
  const ahead = now - world.now();
  return { now: () => world.now() + ahead, sleep: world.sleep.bind(world), random: world.random.bind(world), uuid: world.uuid.bind(world) };
}

/** Without a retention nothing is pruned. */
function keepingAll({ rules }: Policy): Policy {
  return { rules: rules.map((rule) => ({ ...rule, retention: undefined })) };
}

function inShard(expansion: Expansion, shard: Shard | undefined): Expansion {
  return shard ? { ...expansion, chains: expansion.chains.filter(({ key }) => isInShard(key, shard)) } : expansion;
}

/** Every text in a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

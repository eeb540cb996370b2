import { checkChain, type CheckResult } from '../../engine/jobs/check/check.ts';
import type { Finding } from '../../engine/jobs/check/finding.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, type ExitStatus } from '../exitStatus.ts';
import { baseBlob, CATALOGUE_OPTION, catalogueOf } from '../operands.ts';
import type { People } from '../people.ts';
import { amountText } from '../words.ts';

/** `check <source> <backup>`: what would hurt this chain, and what to do. */
export const check: Command = {
  name: 'check',
  summary: 'Look for what would hurt a chain: access, settings of the accounts, its state. Each with what to do.',
  operands: ['<source>', '<backup>'],
  options: [
    { name: 'strict', text: 'Status 6 also for what puts recovery points at risk, not only for what stops backups.' },
    CATALOGUE_OPTION,
    {
      name: 'subscription',
      value: 'id',
      text: 'The subscription of the accounts; without it, all that this sign-in sees are looked through.',
    },
    { name: 'resource-manager', value: 'url', text: 'The Azure Resource Manager of a cloud that is not one of Microsoft’s.' },
  ],
  notes: [
    'Lifecycle rules, versioning, firewalls and the like are told by Azure Resource Manager alone: sign in with "az login" (the role Reader is enough).',
    'Permissions are tried by requests that the service refuses for another reason. Nothing is changed.',
  ],
  unharmed: 'Nothing was changed.',
  whenStopped: 'Nothing was changed.',
  run,
};

async function run({ args, azure, job, people, print, requests }: CommandContext): Promise<ExitStatus> {
  const source = baseBlob(azure, args.operand(0), 'source', 'check');
  const backup = baseBlob(azure, args.operand(1), 'backup', 'check');
  const catalogue = catalogueOf(azure, backup, args.text('catalogue'));
  const surroundings = { source: azure.surroundings(args.operand(0)), backup: azure.surroundings(args.operand(1)) };
  people.draw(' preparing  Looking at the chain, the sign-in and both accounts.');
  const ask = { subscription: args.text('subscription'), resourceManager: args.text('resource-manager'), signal: job.signal };
  const isBeside = args.text('catalogue') === undefined;
  const [ofSource, ofBackup, ofCatalogue] = await Promise.all([
    azure.rulesAround(args.operand(0), ask),
    azure.rulesAround(args.operand(1), ask),
    isBeside ? undefined : azure.rulesAround(`${catalogue.url}/chain.json`, ask),
  ]);
  const rules = { source: ofSource, backup: ofBackup, catalogue: ofCatalogue };
  const result = await checkChain({ source, backup, catalogue, surroundings, rules }, job);
  tell(people, result);
  await print('result', { ...result, requests: requests() });
  const counts = ({ level }: Finding): boolean => level === 'stops' || (level === 'risk' && args.flag('strict'));
  return result.findings.some(counts) ? EXIT.conflict : EXIT.done;
}

const COLOURS = { stops: 'error', risk: 'warning', note: 'plain' } as const;

function tell(people: People, { findings, unseen }: CheckResult): void {
  for (const { level, place, text, remedy } of findings) {
    people.line(` ${level.padEnd(10)} ${place}: ${text}`, COLOURS[level]);
    if (remedy !== undefined) people.fact('', remedy);
  }
  for (const { what, place, reason } of unseen) people.fact('unseen', `${place}: ${what}. ${reason}`);
  const [stops, risks] = (['stops', 'risk'] as const).map((level) => findings.filter((finding) => finding.level === level).length);
  const rest = unseen.length === 0 ? '' : ` Of ${amountText(unseen.length, 'thing')} nothing is known.`;
  if (stops) people.line(`${amountText(stops, 'thing')} would stop the next backup.${rest}`, 'error');
  else if (risks)
    people.line(
      `Backups work. ${amountText(risks, 'thing puts', 'things put')} recovery points or the next backup at risk.${rest}`,
      'warning',
    );
  else people.line(`Nothing was found that would hurt this chain.${rest}`);
}

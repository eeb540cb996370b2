import { resultOf } from '../../engine/events.ts';
import { planBackup } from '../../engine/jobs/backup/plan.ts';
import type { BackupRequest } from '../../engine/jobs/backup/request.ts';
import { runBackup } from '../../engine/jobs/backup/run.ts';
import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import { baseBlob, CATALOGUE_OPTION, catalogueOf } from '../operands.ts';
import { planObject, tellPlan, tellResult } from './backupText.ts';
import { DRY_RUN_OPTION, PROOF_OPTION, TRANSFER_OPTION, TRANSFERS } from './options.ts';

/** `backup <source> <backup>`: one run of one chain. */
export const backup: Command = {
  name: 'backup',
  summary: 'Back up a disk: the first time whole, then only what changed.',
  operands: ['<source>', '<backup>'],
  options: [
    { name: 'full', text: 'Copy every page, also where a difference could be had.' },
    TRANSFER_OPTION,
    { ...PROOF_OPTION, text: 'How much of the new point is read back: default changed with relay, sample with server.' },
    { name: 'keep-source-snapshots', value: 'n', least: 1, text: 'Source snapshots of this chain that stay, the newest one counted (1).' },
    { name: 'adopt', text: 'Take over a backup blob that holds data and is not ours: it is made equal to the source.' },
    CATALOGUE_OPTION,
    DRY_RUN_OPTION,
  ],
  notes: [
    'With --catalogue <url> the records lie in <url>/<host and path of the backup blob>.chain/; name it in all commands on that chain.',
  ],
  unharmed: 'The disk and all recovery points are as they were.',
  whenStopped: 'The disk and all recovery points are as they were. Run the same command again: it goes on from here.',
  run,
};

async function run(context: CommandContext): Promise<typeof EXIT.done> {
  const { args, azure, job, people, hear, print } = context;
  const source = baseBlob(azure, args.operand(0), 'source', 'backup');
  const target = baseBlob(azure, args.operand(1), 'backup', 'backup');
  const isDryRun = args.flag('dry-run');
  const request: BackupRequest = {
    source,
    backup: target,
    catalogue: catalogueOf(azure, target, args.text('catalogue')),
    full: args.flag('full'),
    transfer: args.choice('transfer', TRANSFERS) ?? 'auto',
    proof: args.choice('proof', PROOF_LEVELS),
    keepSourceSnapshots: args.number('keep-source-snapshots') ?? 1,
    adopt: args.flag('adopt'),
  };
  people.draw(' preparing  Looking at the disk and its backup.');
  const plan = await planBackup(request, { ...job, estimate: isDryRun });
  if (isDryRun) {
    tellPlan(people, plan);
    await print('plan', planObject(plan));
    return EXIT.done;
  }
  const result = await resultOf(runBackup(plan, request, job), hear);
  const requests = context.requests();
  tellResult(people, plan, result, { requests, ms: context.elapsed() });
  await print('result', { ...result, requests });
  return EXIT.done;
}

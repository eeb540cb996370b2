import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import { resultOf } from '../../engine/events.ts';
import { planRestoreToBlob, runRestoreToBlob, type RestoreToBlobRequest } from '../../engine/jobs/restore/restoreToBlob.ts';
import { planRestoreToFile, runRestoreToFile, type RestoreToFileRequest } from '../../engine/jobs/restore/restoreToFile.ts';
import { warningOf, type PointRequest } from '../../engine/jobs/restore/point.ts';
import { LocalDisk } from '../../files/localDisk.ts';
import { usageError } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exitStatus.ts';
import { baseBlob, CATALOGUE_OPTION, catalogueOf, isUrl, recoveryPoint } from '../operands.ts';
import { DRY_RUN_OPTION, PROOF_OPTION, TIER_OPTION, TRANSFER_OPTION, TRANSFERS } from './options.ts';
import { tellPlan, tellResult } from './restoreText.ts';

/** `restore <backup?snapshot=…> <target>`: one recovery point to a new blob or a new file. */
export const restore: Command = {
  name: 'restore',
  summary: 'Restore a recovery point to a new blob or a new local file.',
  operands: ['<backup?snapshot=…>', '<target>'],
  options: [
    TRANSFER_OPTION,
    { ...PROOF_OPTION, text: 'How much is read back: default changed with relay, sample with server. A file is always read back.' },
    TIER_OPTION,
    {
      name: 'even-if-failed',
      text: 'Restore a point that a later verification found wrong: better a disk with a wrong page than none.',
    },
    CATALOGUE_OPTION,
    DRY_RUN_OPTION,
  ],
  notes: ['The target must not exist. Until it has been compared it is marked as partial: a file is called <name>.partial until then.'],
  whenStopped: 'The recovery point is as it was; the target is marked as partial. Run the same command again: it goes on from here.',
  run,
};

async function run(context: CommandContext): Promise<typeof EXIT.done> {
  const { args, azure } = context;
  const { backup, point } = recoveryPoint(azure, args.operand(0), 'restore');
  const evenIfFailed = args.flag('even-if-failed');
  const request: PointRequest = { backup, point, catalogue: catalogueOf(azure, backup, args.text('catalogue')), evenIfFailed };
  const warning = evenIfFailed ? await warningOf(request, context.job) : undefined;
  if (warning !== undefined) context.hear({ type: 'warning', code: 'pointFailed', text: warning });
  return isUrl(args.operand(1)) ? toBlob(request, context) : toFile(request, context);
}

async function toBlob(point: PointRequest, context: CommandContext): Promise<typeof EXIT.done> {
  const { args, azure, job, people, hear, print } = context;
  const target = baseBlob(azure, args.operand(1), 'target', 'restore');
  const request: RestoreToBlobRequest = {
    ...point,
    target,
    transfer: args.choice('transfer', TRANSFERS) ?? 'auto',
    proof: args.choice('proof', PROOF_LEVELS),
    tier: args.text('tier'),
  };
  people.draw(' preparing  Looking at the recovery point and the target.');
  const plan = await planRestoreToBlob(request, job);
  if (args.flag('dry-run')) {
    tellPlan(people, plan);
    await print('plan', plan);
    return EXIT.done;
  }
  const result = await resultOf(runRestoreToBlob(plan, request, job), hear);
  tellResult(people, result, context.elapsed());
  await print('result', { ...result, requests: context.requests() });
  return EXIT.done;
}

async function toFile(point: PointRequest, context: CommandContext): Promise<typeof EXIT.done> {
  const { args, job, people, hear, print } = context;
  if (args.choice('transfer', TRANSFERS) === 'server')
    throw usageError('--transfer server needs a blob as the target: a file is written here.', 'restore');
  if (args.flag('tier')) throw usageError('--tier needs a blob as the target.', 'restore');
  const target = new LocalDisk(args.operand(1), context.files);
  const request: RestoreToFileRequest = { ...point, target };
  people.draw(' preparing  Looking at the recovery point and the target.');
  const plan = await planRestoreToFile(request, job);
  await target.requireSpace(plan.estimate.written);
  if (args.flag('dry-run')) {
    tellPlan(people, plan);
    await print('plan', plan);
    return EXIT.done;
  }
  const result = await resultOf(runRestoreToFile(plan, request, job), hear);
  tellResult(people, result, context.elapsed());
  await print('result', { ...result, requests: context.requests() });
  return EXIT.done;
}

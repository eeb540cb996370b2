import { planRestoreToFile, runRestoreToFile, type RestoreToFileRequest } from '../../engine/jobs/restore/restoreToFile.ts';
import type { PointRequest } from '../../engine/jobs/restore/point.ts';
import { LocalDisk } from '../../files/localDisk.ts';
import { usageError } from '../arguments.ts';
import type { CommandContext } from '../command.ts';
import type { EXIT } from '../exitStatus.ts';
import { planShowRun } from './planShowRun.ts';
import { tellPlan, tellResult } from './restoreText.ts';

/** `restore <point> <path>` */
export async function restoreToFile(point: PointRequest, context: CommandContext): Promise<typeof EXIT.done> {
  const { args, job } = context;
  if (args.text('transfer') === 'server')
    throw usageError('--transfer server needs a blob as the target: a file is written here.', 'restore');
  if (args.flag('tier')) throw usageError('--tier needs a blob as the target.', 'restore');
  const target = new LocalDisk(args.operand(1), context.files);
  const request: RestoreToFileRequest = { ...point, target };
  const plan = async () => {
    const planned = await planRestoreToFile(request, job);
    await target.requireSpace(planned.estimate.written);
    return planned;
  };
  return planShowRun({ plan, tellPlan, run: (planned) => runRestoreToFile(planned, request, job), tellResult }, context);
}

import { planRestoreToBlob, runRestoreToBlob, type RestoreToBlobRequest } from '../../engine/jobs/restore/restoreToBlob.ts';
import type { PointRequest } from '../../engine/jobs/restore/point.ts';
import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import type { CommandContext } from '../command.ts';
import type { EXIT } from '../exitStatus.ts';
import { baseBlob } from '../operands.ts';
import { TRANSFERS } from './options.ts';
import { planShowRun } from './planShowRun.ts';
import { tellPlan, tellResult } from './restoreText.ts';

/** `restore <point> <blob URL>` */
export async function restoreToBlob(point: PointRequest, context: CommandContext): Promise<typeof EXIT.done> {
  const { args, azure, job } = context;
  const request: RestoreToBlobRequest = {
    ...point,
    target: baseBlob(azure, args.operand(1), 'target', 'restore'),
    transfer: args.choice('transfer', TRANSFERS) ?? 'auto',
    proof: args.choice('proof', PROOF_LEVELS),
    tier: args.text('tier'),
  };
  const plan = () => planRestoreToBlob(request, job);
  return planShowRun({ plan, tellPlan, run: (planned) => runRestoreToBlob(planned, request, job), tellResult }, context);
}

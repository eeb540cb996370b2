import type { PointRequest } from '../../engine/jobs/restore/point.ts';
import { planRewind, runRewind, type RewindPlan, type RewindRequest, type RewindResult } from '../../engine/jobs/restore/rewind.ts';
import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { usageError, type Option } from '../arguments.ts';
import type { CommandContext } from '../command.ts';
import type { EXIT } from '../exitStatus.ts';
import { baseBlob, isUrl } from '../operands.ts';
import type { People } from '../people.ts';
import { durationText, numberText, proofText, verdictText } from '../words.ts';
import { estimateText } from './estimateText.ts';
import { TRANSFERS } from './options.ts';
import { planShowRun } from './planShowRun.ts';

export const IN_PLACE_OPTION: Option = {
  name: 'in-place',
  text: 'The target is the disk itself, detached: a snapshot of it is taken, then only what differs is written back.',
};

/** `restore <point> <disk URL> --in-place` */
export async function restoreInPlace(point: PointRequest, context: CommandContext): Promise<typeof EXIT.done> {
  const { args, azure, job } = context;
  if (!isUrl(args.operand(1))) throw usageError('--in-place needs the URL of the disk that was backed up as the target.', 'restore');
  if (args.flag('tier')) throw usageError('--tier is for a blob that is made; a disk that is restored in place keeps its own.', 'restore');
  if (args.flag('continue-chain'))
    throw usageError('--continue-chain is for a blob that is made; a disk that is restored in place keeps its chain.', 'restore');
  const request: RewindRequest = {
    ...point,
    disk: baseBlob(azure, args.operand(1), 'target', 'restore'),
    transfer: args.choice('transfer', TRANSFERS) ?? 'auto',
    proof: args.choice('proof', PROOF_LEVELS),
  };
  const plan = () => planRewind(request, job);
  return planShowRun({ plan, tellPlan, run: (planned) => runRewind(planned, request, job), tellResult }, context);
}

function tellPlan(people: People, plan: RewindPlan): void {
  people.fact('point', `${numberText(plan.number)}  ${plan.point} (${sizeText(plan.length)})`);
  people.fact('disk', `${plan.disk}${plan.resumes ? ' (goes on with an interrupted restore)' : ' (written in place)'}`);
  people.fact('work', plan.estimate ? estimateText(plan.estimate) : 'known only when the whole disk has been read');
  people.fact('note', plan.reason);
  for (const warning of plan.warnings) people.line(` warning    ${warning}`, 'warning');
  people.line('Nothing was changed: this was a dry run.');
}

function tellResult(people: People, result: RewindResult, ms: number): void {
  const { number, recoveryPoint, disk, safetySnapshot, written, cleared, transfer, proof } = result;
  const took = durationText(ms / 1000);
  people.fact('point', `${numberText(number)}  ${recoveryPoint}`);
  people.fact(
    'written',
    `${sizeText(written)} ${transfer === 'server' ? 'by the service itself' : 'through this machine'}, ${sizeText(cleared)} cleared`,
  );
  people.fact('proof', proofText(proof, 'changed pages'));
  people.fact('before', `${disk}?snapshot=${safetySnapshot}`);
  people.line(`Restored ${disk} in place to recovery point ${numberText(number)}, ${took}. ${verdictText(proof, 'changed page')}`);
  people.line(
    'The disk as it was before is the snapshot named above; delete it when you are sure. Its chain goes on with the next backup.',
  );
}

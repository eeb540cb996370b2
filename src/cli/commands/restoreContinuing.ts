import { restoredName } from '../../engine/jobs/restore/restoredName.ts';
import {
  planRestoreChain,
  runRestoreChain,
  type RestoreChainPlan,
  type RestoreChainRequest,
  type RestoreChainResult,
} from '../../engine/jobs/restore/restoreChain.ts';
import type { PlanStep } from '../../engine/jobs/restore/planStep.ts';
import type { PointRequest } from '../../engine/jobs/restore/point.ts';
import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { usageError, type Option } from '../arguments.ts';
import type { CommandContext } from '../command.ts';
import type { EXIT } from '../exitStatus.ts';
import { baseBlob, catalogueOf, isUrl, withoutSnapshot } from '../operands.ts';
import type { People } from '../people.ts';
import { durationText, numberText, proofText, quoted, verdictText } from '../words.ts';
import { estimateText } from './estimateText.ts';
import { TRANSFERS } from './options.ts';
import { planShowRun } from './planShowRun.ts';

export const CONTINUE_OPTIONS: readonly Option[] = [
  {
    name: 'continue-chain',
    text: 'Also begin a chain for the new disk: the point becomes a backup blob of its own, and the next backup is incremental.',
  },
  { name: 'new-backup', value: 'url', text: 'The backup blob of that chain: default <backup blob>restored, beside the old one.' },
];

/** `restore <point> <blob URL> --continue-chain` */
export async function restoreContinuing(point: PointRequest, context: CommandContext): Promise<typeof EXIT.done> {
  const { args, azure, job } = context;
  if (!isUrl(args.operand(1))) throw usageError('--continue-chain needs a blob as the target: a file has no snapshots.', 'restore');
  const newBackup = baseBlob(azure, args.text('new-backup') ?? besides(args.operand(0)), 'backup blob of the chain', 'restore');
  const request: RestoreChainRequest = {
    ...point,
    target: baseBlob(azure, args.operand(1), 'target', 'restore'),
    newBackup,
    newCatalogue: catalogueOf(azure, newBackup, args.text('catalogue')),
    transfer: args.choice('transfer', TRANSFERS) ?? 'auto',
    proof: args.choice('proof', PROOF_LEVELS),
    tier: args.text('tier'),
  };
  const plan = () => planRestoreChain(request, job);
  const place = args.text('catalogue')?.split('?')[0];
  const told = (people: People, result: RestoreChainResult, ms: number) => tellResult(people, result, ms, place);
  return planShowRun({ plan, tellPlan, run: (planned) => runRestoreChain(planned, request, job), tellResult: told }, context);
}

/** The point's URL, with its SAS, for a blob of another name beside it. */
function besides(pointUrl: string): string {
  const [path = '', ...query] = withoutSnapshot(pointUrl).split('?');
  return [restoredName(path), ...query].join('?');
}

function tellPlan(people: People, plan: RestoreChainPlan): void {
  people.fact('point', `${numberText(plan.number)}  ${plan.point} (${sizeText(plan.length)})`);
  plan.steps.forEach((step, at) => {
    people.fact(`step ${at + 1}`, step.skipped === undefined ? stepText(step) : `${stepText(step)} – not needed: ${step.skipped}`);
  });
  for (const warning of plan.warnings) people.line(` warning    ${warning}`, 'warning');
  people.line(`${plan.resumes ? 'It goes on with an interrupted restore. ' : ''}Nothing was changed: this was a dry run.`);
}

function stepText({ step, target, by, estimate }: PlanStep): string {
  const pages = estimate ? ` (${estimateText(estimate)})` : '';
  switch (step) {
    case 'promote':
      return `promote the point to ${target}, copied by the service itself`;
    case 'snapshotBackup':
    case 'snapshotDisk':
      return `take a snapshot of ${target} and compare it with the point`;
    case 'copy':
      return `copy to ${target}${pages}`;
    case 'record':
      return `record both as the first recovery point of ${target}`;
    default:
      return `${step} ${target}${by === undefined ? '' : pages}`;
  }
}

function tellResult(people: People, result: RestoreChainResult, ms: number, catalogue: string | undefined): void {
  const { number, recoveryPoint, target, newBackup, newPoint, length, transferred, transfer, proof } = result;
  const took = durationText(ms / 1000);
  people.fact('point', `${numberText(number)}  ${recoveryPoint}`);
  people.fact('copied', `${sizeText(transferred)} ${transfer === 'server' ? 'by the service itself' : 'through this machine'} in ${took}`);
  people.fact('proof', proofText(proof, 'pages'));
  people.fact('chain', `${newBackup}?snapshot=${newPoint} is its first recovery point`);
  people.line(`Restored ${target}: ${sizeText(length)}, ${took}. ${verdictText(proof, 'page')}`);
  const elsewhere = catalogue === undefined ? '' : ` --catalogue ${quoted(catalogue)}`;
  people.line(`To go on backing up: page-blob-backup backup ${quoted(target)} ${quoted(newBackup)}${elsewhere}`);
}

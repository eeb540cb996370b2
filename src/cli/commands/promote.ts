import { planPromote, runPromote, type PromotePlan, type PromoteRequest, type PromoteResult } from '../../engine/jobs/promote/promote.ts';
import { PROOF_LEVELS } from '../../engine/proof/proof.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { Command } from '../command.ts';
import { snapshotOfBlob } from '../operands.ts';
import type { People } from '../people.ts';
import { durationText, proofText, verdictText } from '../words.ts';
import { DRY_RUN_OPTION, PROOF_OPTION } from './options.ts';
import { planShowRun } from './planShowRun.ts';

/** `promote <blob?snapshot=…>`: makes a blob what one of its snapshots is. */
export const promote: Command = {
  name: 'promote',
  summary: 'Let the service copy a snapshot over its own blob. The chain of the blob restarts.',
  operands: ['<blob?snapshot=…>'],
  options: [{ ...PROOF_OPTION, text: 'How much is read back: default sample.' }, DRY_RUN_OPTION],
  notes: [
    'A snapshot of the blob as it is now is taken first and stays. "restore --in-place" writes back only what differs and keeps the chain: promote only',
    'where that does not do. Accounts for premium page blobs copy over no blob that has snapshots.',
  ],
  unharmed: 'The snapshot is as it was.',
  whenStopped: 'The service goes on with a copy that it has begun. Run the same command again: it follows it.',
  run(context) {
    const { args, azure, job } = context;
    const { blob, snapshot } = snapshotOfBlob(azure, args.operand(0), 'promote');
    const request: PromoteRequest = { blob, snapshot, proof: args.choice('proof', PROOF_LEVELS) };
    const run = (plan: PromotePlan) => runPromote(plan, request, job);
    return planShowRun({ plan: () => planPromote(request, job), tellPlan, run, tellResult }, context);
  },
};

function tellPlan(people: People, plan: PromotePlan): void {
  people.fact('snapshot', `${plan.snapshot} (${sizeText(plan.length)})`);
  people.fact('blob', `${plan.blob} (${sizeText(plan.lengthNow)})${plan.resumes ? ', goes on with an interrupted promotion' : ''}`);
  for (const warning of plan.warnings) people.line(` warning    ${warning}`, 'warning');
  people.line('Nothing was changed: this was a dry run.');
}

function tellResult(people: People, { blob, snapshot, safetySnapshot, length, proof }: PromoteResult, ms: number): void {
  people.fact('proof', proofText(proof, 'pages'));
  if (safetySnapshot !== undefined) people.fact('before', `${blob}?snapshot=${safetySnapshot}`);
  people.line(
    `${blob} is what its snapshot ${snapshot} is: ${sizeText(length)}, ${durationText(ms / 1000)}. ${verdictText(proof, 'page')}`,
  );
  people.line(
    'The blob as it was before is the snapshot named above; delete it when you are sure. The next backup compares the whole disk.',
  );
}

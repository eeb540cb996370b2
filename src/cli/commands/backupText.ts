import type { BackupResult } from '../../engine/jobs/backup/backupRun.ts';
import type { BackupPlan } from '../../engine/jobs/backup/plan.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { People } from '../people.ts';
import { amountText, durationText, numberText, proofText, verdictText } from '../words.ts';
import { estimateText } from './estimateText.ts';

/** Tells people what a backup would do. */
export function tellPlan(people: People, plan: BackupPlan): void {
  const { kind, reason, source, backup, estimate, resumes, warnings } = plan;
  people.fact('disk', `${source.url} (${sizeText(source.length)})`);
  people.fact('backup', `${backup.url}${backup.exists ? '' : ' (to be created)'}`);
  people.fact('plan', `${kind}: ${reason}`);
  if (resumes) people.fact('resumes', `the run that began ${resumes.startedOn}, from the snapshot it took then`);
  people.fact('work', estimate ? estimateText(estimate) : 'known only once the pages have been compared');
  for (const warning of warnings) people.line(` warning    ${warning}`, 'warning');
  people.line('Nothing was changed: this was a dry run.');
}

/** The plan for `--json`. A lease id gives power over the blob, so it stays out. */
export function planObject(plan: BackupPlan): object {
  const { resumes, ...rest } = plan;
  if (!resumes) return rest;
  const { lease: _, ...record } = resumes;
  return { ...rest, resumes: record };
}

/** Tells people what a backup came to. */
export function tellResult(people: People, plan: BackupPlan, result: BackupResult, cost: { requests: number; ms: number }): void {
  const { kind, number, recoveryPoint, sourceSnapshot, length, written, cleared, transferred, transfer, proof } = result;
  const name = plan.source.url.split('/').at(-1);
  if (kind === 'unchanged') {
    people.line(`Nothing changed since ${sourceSnapshot} (recovery point ${numberText(number)}). No new point was made.`);
    return;
  }
  const seconds = cost.ms / 1000;
  const way = transfer === 'server' ? 'by the service itself' : 'through this machine';
  people.fact('copied', `${sizeText(transferred)} ${way} in ${durationText(seconds)}, ${amountText(cost.requests, 'request')}`);
  people.fact('proof', proofText(proof, 'changed pages'));
  people.fact('point', `${numberText(number)}  ${kind}  ${recoveryPoint}`);
  const extent =
    kind === 'full'
      ? `${sizeText(written)} of ${sizeText(length)} copied`
      : `${sizeText(written + cleared)} changed of ${sizeText(length)}`;
  people.line(`Backed up ${name}: ${extent}, ${durationText(seconds)}. ${verdictText(proof, 'changed page')}`);
  if (!result.resumed) return;
  const began = plan.resumes ? ` (${plan.resumes.startedOn})` : '';
  people.line(
    `This point shows the disk as it was when the interrupted run began${began}. Run the command again for what changed since.`,
    'warning',
  );
}

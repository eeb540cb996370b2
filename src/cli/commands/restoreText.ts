import type { RestoreResult, RestoreToBlobPlan } from '../../engine/jobs/restore/restoreToBlob.ts';
import type { RestoreToFilePlan } from '../../engine/jobs/restore/restoreToFile.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { isUrl } from '../operands.ts';
import type { People } from '../people.ts';
import { durationText, numberText, proofText, quoted, verdictText } from '../words.ts';
import { estimateText } from './estimateText.ts';

/** Tells people what a restore would do. */
export function tellPlan(people: People, plan: RestoreToBlobPlan | RestoreToFilePlan): void {
  people.fact('point', `${numberText(plan.number)}  ${plan.point} (${sizeText(plan.length)})`);
  people.fact(
    'target',
    `${plan.target}${'resumes' in plan && plan.resumes ? ' (goes on with an interrupted restore)' : ' (to be created)'}`,
  );
  people.fact('work', estimateText(plan.estimate));
  for (const warning of plan.warnings) people.line(` warning    ${warning}`, 'warning');
  people.line('Nothing was changed: this was a dry run.');
}

/** Tells people what a restore came to, and what to do next. */
export function tellResult(people: People, result: RestoreResult, ms: number): void {
  const { number, recoveryPoint, target, length, transferred, transfer, proof } = result;
  const took = durationText(ms / 1000);
  people.fact('point', `${numberText(number)}  ${recoveryPoint}`);
  people.fact('copied', `${sizeText(transferred)} ${transfer === 'server' ? 'by the service itself' : 'through this machine'} in ${took}`);
  people.fact('proof', proofText(proof, 'pages'));
  people.line(`Restored ${target}: ${sizeText(length)}, ${took}. ${verdictText(proof, 'page')}`);
  // An emulator makes no disks.
  if (isUrl(target) && /\.vhd$/i.test(target) && target.includes('.blob.')) {
    people.line(`For a VM, make a managed disk of it: az disk create --resource-group <group> --name <disk> --source ${quoted(target)}`);
  }
}

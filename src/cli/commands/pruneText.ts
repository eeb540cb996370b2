import type { PrunedPoint, PrunePlan } from '../../engine/jobs/prune/plan.ts';
import type { PruneResult } from '../../engine/jobs/prune/run.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { errorObject } from '../errorReport.ts';
import type { People } from '../people.ts';
import { amountText, countText, numberText, tableLines } from '../words.ts';

/** Tells people of every point what becomes of it, and why. */
export function tellPlan(people: People, { points, policy, freed, warnings }: PrunePlan): void {
  people.line(`Policy: ${policy}. ${amountText(points.length, 'recovery point')}, newest first:`);
  for (const line of tableLines(points.map(rowOf))) people.line(line);
  const goes = points.filter(({ action }) => action === 'delete').length;
  const bytes = freed === undefined ? '' : `, which frees ${sizeText(freed)}`;
  people.line(`${amountText(points.length - goes, 'point')} to keep, ${countText(goes)} to delete${goes > 0 ? bytes : ''}.`);
  for (const warning of warnings) people.line(` warning    ${warning}`, 'warning');
}

/** Tells people what a prune came to. */
export function tellResult(people: People, { deleted, refused, kept }: PruneResult): void {
  for (const { number, error } of refused) people.line(` refused    ${numberText(number)}  ${error.fullText}`, 'error');
  if (refused.length > 0) people.line('What was refused stays as it was and can be restored.', 'warning');
  people.line(`${amountText(deleted.length, 'recovery point')} deleted, ${countText(kept)} kept.`);
}

/** The result for `--json`. */
export function resultObject({ refused, ...result }: PruneResult): object {
  return { ...result, refused: refused.map(({ error, ...point }) => Object.assign({}, point, errorObject(error))) };
}

function rowOf({ number, recoveryPoint, action, reasons, freed }: PrunedPoint): string[] {
  const bytes = freed === undefined ? '' : ` (frees ${sizeText(freed)})`;
  return [` ${numberText(number)}`, recoveryPoint ?? '', action, `${reasons.join('; ')}${bytes}`];
}

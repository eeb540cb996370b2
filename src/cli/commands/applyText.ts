import { sizeText } from '../../engine/sizeText.ts';
import type { ChainOutcome } from '../../policy/apply/applyChain.ts';
import type { PolicyChain } from '../../policy/apply/expand.ts';
import type { ChainPreview } from '../../policy/apply/preview.ts';
import { OUTCOME_WORDS } from '../../policy/apply/report.ts';
import { errorObject } from '../errorReport.ts';
import type { People } from '../people.ts';

const COLOUR = { failed: 'error', busy: 'warning' } as const;

/** One line for people; a chain that was not due is only counted. */
export function tellOutcome(people: People, { chain, outcome, reason, backup, prune, error, warnings }: ChainOutcome): void {
  if (outcome === 'notDue') return;
  const moved = backup && backup.kind !== 'unchanged' ? `  ${sizeText(backup.transferred)} for point ${backup.number}` : '';
  const deleted = prune && prune.deleted.length > 0 ? `  ${prune.deleted.length} pruned` : '';
  const why = error ? `  ${reason}` : '';
  const colour = outcome === 'failed' || outcome === 'busy' ? COLOUR[outcome] : 'plain';
  people.line(` ${OUTCOME_WORDS[outcome].padEnd(16)} ${chain.source} → ${chain.backup}${moved}${deleted}${why}`, colour);
  for (const warning of warnings) people.line(` warning    ${warning}`, 'warning');
}

/** Which chain a line for `--json` is about. */
export function whichChain({ rule, source, backup }: PolicyChain): object {
  return { rule: rule.name, source, backup };
}

/** What such a line says of trouble, where there was some. */
export function troubleObject({ warnings, error }: Pick<ChainOutcome, 'warnings' | 'error'>): object {
  return { ...(warnings.length > 0 && { warnings }), ...(error && { error: errorObject(error) }) };
}

/** A chain's line for `--json`. */
export function outcomeObject({ chain, outcome, reason, next, missed, backup, prune, error, warnings }: ChainOutcome): object {
  const { kind, number, recoveryPoint, sourceSnapshot, written, cleared, transferred, transfer, proof, resumed } = backup ?? {};
  return {
    ...whichChain(chain),
    outcome,
    reason,
    next: isoOf(next),
    missed,
    ...(backup && { kind, number, recoveryPoint, sourceSnapshot, written, cleared, transferred, transfer, proof, resumed }),
    pruned: prune?.deleted.map((point) => point.number),
    ...troubleObject({ warnings, error }),
  };
}

/** What is due, what comes, and what becomes of every point, for people. */
export function tellPreview(people: People, { chain, due, coming, prune, verify }: ChainPreview): void {
  people.line(`${chain.source} → ${chain.backup}: ${due.isDue ? `due now, ${due.reason}` : due.reason}`);
  for (const { at, point, deletes } of coming) {
    const gone = deletes.length === 0 ? '' : `, then deletes ${deletes.map(({ number }) => number).join(', ')}`;
    people.fact('run', `${isoOf(at)}  makes point ${point}${gone}`);
  }
  if (verify) people.fact('verify', `${verify.isDue ? 'due now' : isoOf(verify.next)}  ${verify.proof} proof of the newest point`);
  for (const { number, action, reasons } of prune?.points ?? []) people.fact('point', `${number}  ${action}: ${reasons.join('; ')}`);
}

/** The same for `--json`. */
export function previewObject({ chain, due, coming, prune, verify }: ChainPreview): object {
  return {
    ...whichChain(chain),
    due: due.isDue,
    missed: due.missed,
    reason: due.reason,
    next: isoOf(due.next),
    coming: coming.map(({ at, ...run }) => Object.assign({ at: isoOf(at) }, run)),
    ...(verify && { verify: { due: verify.isDue, next: isoOf(verify.next), proof: verify.proof } }),
    policy: prune?.policy,
    points: prune?.points,
  };
}

export function isoOf(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

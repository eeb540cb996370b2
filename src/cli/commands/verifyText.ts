import { comparedIn, type ChainVerdict, type VerifyTotals } from '../../engine/jobs/verify/verifyChains.ts';
import type { PointVerdict } from '../../engine/jobs/verify/verify.ts';
import { sizeText } from '../../engine/sizeText.ts';
import { errorObject } from '../errorReport.ts';
import type { People } from '../people.ts';
import { amountText, countText, numberText, proofText } from '../words.ts';

export const MEND =
  'What to do: run the backup. It compares the whole disk with the backup, writes what differs, and makes a right point. Restore none that failed.';
/** The newest point is right, as far as was looked. */
export const TAKE_ANOTHER =
  'What to do: restore another point in its place. Backups go on from the newest point, which was not found wrong.';
export const MEND_ALL =
  'What to do: restore none that failed. Where the newest point of a chain failed, run its backup: it compares the whole disk with the backup, writes what differs, and makes a right point.';
export const RECORD_FIRST =
  'What to do: run verify again with a sign-in that may write to the catalogue, then the backup: it compares the whole disk and makes a right point. Restore none that failed.';

/** One point on a line. */
export function tellPoint(people: People, { number, verdict, fault, proof, recoveryPoint }: PointVerdict): void {
  const about = `${numberText(number)}  ${recoveryPoint ?? 'record cannot be read.'}`;
  if (verdict === 'failed') people.line(` failed     ${about}  ${fault ?? 'It differs from the source.'}`, 'error');
  else if (verdict === 'structure') people.fact('structure', `${about}  length as recorded; no content was read`);
  else people.fact('passed', `${about}  ${proof ? proofText(proof, 'pages') : 'compared'}`);
}

/** One chain without a fault on a line. */
export function tellVerdict(people: People, { backup, outcome, result, compared, warnings }: ChainVerdict): void {
  const verdicts = result?.verdicts ?? [];
  const structure = verdicts.filter(({ verdict }) => verdict === 'structure').length;
  const passed = verdicts.length - structure;
  const parts = [
    passed > 0 ? `${amountText(passed, 'point')} compared, ${sizeText(compared)} equal` : '',
    structure > 0 ? `of ${amountText(structure, 'point')} the length alone: no content was read` : '',
  ];
  people.fact(outcome, `${backup}  ${parts.filter(Boolean).join('; ')}`);
  for (const warning of warnings) people.line(` warning    ${backup}  ${warning}`, 'warning');
}

/** One chain with a fault: a line for each of its wrong points. */
export function tellTrouble(people: People, { backup, result, error, warnings }: ChainVerdict): void {
  if (error) people.line(` failed     ${backup}  It could not be verified: ${error.fullText}`, 'error');
  const wrong = result?.verdicts.filter(({ verdict }) => verdict === 'failed') ?? [];
  for (const { number, fault } of wrong)
    people.line(` failed     ${backup}  point ${numberText(number)}: ${fault ?? 'It differs from the source.'}`, 'error');
  for (const warning of warnings) people.line(` warning    ${backup}  ${warning}`, 'warning');
  if (result?.unrecorded && wrong.length > 0) people.line(RECORD_FIRST, 'error');
}

/** The evidence about one chain, for `--json`. Sizes are bytes. */
export function chainObject({ backup, outcome, result, compared, warnings, error }: ChainVerdict): object {
  return {
    backup,
    source: result?.source,
    outcome,
    compared,
    failed: result?.failed,
    points: result?.verdicts.map((verdict) => ({ ...verdict, compared: comparedIn(verdict) })),
    ...(result?.unrecorded && { unrecorded: true }),
    ...(warnings.length > 0 && { warnings }),
    ...(error && { error: errorObject(error) }),
  };
}

/** `3 chains: 1 without a fault, 1 with a wrong point, 1 not verified. 5 points, 12 MiB compared.` @param found chains in all, where it was stopped before the end */
export function totalsText(totals: VerifyTotals, found?: number): string {
  const { chains, passed, structure, failed, unverified, points, compared } = totals;
  const parts = [
    passed > 0 ? `${countText(passed)} without a fault` : '',
    structure > 0 ? `${countText(structure)} of which no content was read` : '',
    failed > 0 ? `${countText(failed)} with a wrong point` : '',
    unverified > 0 ? `${countText(unverified)} not verified` : '',
  ].filter(Boolean);
  const what = found === undefined ? amountText(chains, 'chain') : `Stopped after ${countText(chains)} of ${amountText(found, 'chain')}`;
  return `${[what, ...(parts.length > 0 ? [parts.join(', ')] : [])].join(': ')}. ${amountText(points, 'point')}, ${sizeText(compared)} compared.`;
}

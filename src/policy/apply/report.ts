import { sizeText } from '../../engine/sizeText.ts';
import { isFailure } from './applyAll.ts';
import type { ChainOutcome } from './applyChain.ts';
import type { ExpansionFault } from './expand.ts';
import { isTrouble, type ChainVerification } from './verifyChain.ts';

/** What a whole `apply` came to. */
export interface ApplySummary {
  /** Milliseconds of the clock that decided what was due. */
  readonly now: number;
  readonly outcomes: readonly ChainOutcome[];
  /** Verifications that were due. */
  readonly verifications?: readonly ChainVerification[];
  readonly faults: readonly ExpansionFault[];
  /** Patterns that no disk matches. */
  readonly empty: readonly string[];
}

const ORDER: readonly ChainOutcome['outcome'][] = ['failed', 'busy', 'backedUp', 'unchanged', 'pruned', 'served', 'notDue'];

export const OUTCOME_WORDS: Readonly<Record<ChainOutcome['outcome'], string>> = {
  failed: 'failed',
  busy: 'busy elsewhere',
  backedUp: 'backed up',
  unchanged: 'unchanged',
  pruned: 'pruned',
  served: 'served elsewhere',
  notDue: 'not due',
};

/** The summary in Markdown, trouble first. Chains that were not due are counted and not listed. */
export function reportText({ now, outcomes, verifications = [], faults, empty }: ApplySummary): string {
  const troubled = verifications.filter(isTrouble);
  const failed = outcomes.filter(isFailure).length + faults.length + troubled.length;
  const lines = [
    '# Page Blob Backup',
    '',
    `${new Date(now).toISOString()}: ${failed === 0 ? 'all is well' : `**${failed} failed**`}. ${[countsText(outcomes), verificationsText(verifications)].filter(Boolean).join(' ')}`,
    '',
  ];
  if (troubled.length > 0)
    lines.push('## Verification', '', ...troubled.map(({ chain, reason }) => `- \`${chain.backup}\`: ${cell(reason)}`), '');
  if (faults.length > 0) lines.push('## Not run', '', ...faults.map(({ what, error }) => `- \`${what}\`: ${cell(error.message)}`), '');
  if (empty.length > 0) lines.push('## Patterns that no disk matches', '', ...empty.map((what) => `- \`${what}\``), '');
  const listed = ORDER.slice(0, -1).flatMap((word) => outcomes.filter(({ outcome }) => outcome === word));
  if (listed.length > 0) {
    lines.push('| chain | outcome | moved | point | pruned | |', '| --- | --- | ---: | --- | ---: | --- |', ...listed.map(rowOf), '');
  }
  return lines.join('\n');
}

/** `12 chains: 3 backed up, 9 not due.` */
export function countsText(outcomes: readonly ChainOutcome[]): string {
  const counts = ORDER.flatMap((word) => {
    const count = outcomes.filter(({ outcome }) => outcome === word).length;
    return count === 0 ? [] : `${count} ${OUTCOME_WORDS[word]}`;
  });
  return `${outcomes.length} ${outcomes.length === 1 ? 'chain' : 'chains'}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}.`;
}

/** `2 verified, 1 found wrong.` Empty where nothing was due. */
export function verificationsText(verifications: readonly ChainVerification[]): string {
  const words = {
    verified: 'verified',
    wrong: 'found wrong',
    failed: 'could not be verified',
    unread: 'not to be compared',
    elsewhere: 'left to another process',
  };
  const counts = Object.entries(words).flatMap(([outcome, word]) => {
    const count = verifications.filter((each) => each.outcome === outcome).length;
    return count === 0 ? [] : `${count} ${word}`;
  });
  return counts.length === 0 ? '' : `${counts.join(', ')}.`;
}

function rowOf({ chain, outcome, backup, prune, reason, error, warnings, missed }: ChainOutcome): string {
  const notes = [error ? reason : '', missed ? 'made up for missed windows' : '', ...warnings].filter(Boolean).join(' ');
  const moved = backup ? sizeText(backup.transferred) : '';
  const point = backup && backup.kind !== 'unchanged' ? `${backup.number} ${backup.kind}` : '';
  const pruned = prune ? String(prune.deleted.length) : '';
  return `| \`${chain.source}\` → \`${chain.backup}\` | ${[OUTCOME_WORDS[outcome], moved, point, pruned, cell(notes)].join(' | ')} |`;
}

/** Text in one cell of a table. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}

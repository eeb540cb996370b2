import { forEachBounded, shareOf } from '../../engine/transfer/concurrency.ts';
import { comparedIn } from '../../engine/jobs/verify/verifyChains.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { ChainPorts } from '../../policy/apply/chainLook.ts';
import type { PolicyChain } from '../../policy/apply/expand.ts';
import { isTrouble, verifyChain, type ChainVerification } from '../../policy/apply/verifyChain.ts';
import type { CommandContext } from '../command.ts';
import { errorObject } from '../errorReport.ts';
import type { People } from '../people.ts';

/** Verifies what is due, after all backups: those come first, however much there is to read. @returns those that are not merely not due */
export async function verifyDueChains(
  chains: readonly PolicyChain[],
  portsOf: (chain: PolicyChain) => ChainPorts,
  parallel: number,
  job: CommandContext['job'],
  { people, print }: Pick<CommandContext, 'people' | 'print'>,
): Promise<readonly ChainVerification[]> {
  const done: ChainVerification[] = [];
  const one = async (chain: PolicyChain): Promise<void> => {
    const verification = await verifyChain(chain, portsOf(chain), { limits: shareOf(parallel), ...job }, (event) => {
      if (event.type === 'progress') people.draw(` verifying  ${chain.backup}  ${sizeText(event.done)} compared`);
    });
    if (verification.outcome === 'notDue') return;
    done.push(verification);
    tellVerification(people, verification);
    await print('verification', verificationObject(verification));
  };
  const asked = chains.filter(({ rule }) => rule.verify !== undefined);
  await forEachBounded(asked, { calls: parallel, bytes: Infinity }, () => 0, one, job.signal);
  return done;
}

const WORDS: Readonly<Record<ChainVerification['outcome'], string>> = {
  verified: 'verified',
  wrong: 'failed',
  failed: 'failed',
  unread: 'not verified',
  elsewhere: 'verified elsewhere',
  notDue: 'not due',
};

function tellVerification(people: People, verification: ChainVerification): void {
  const { chain, outcome, result, reason, warnings } = verification;
  const [verdict] = result?.verdicts ?? [];
  const what = outcome === 'verified' && verdict ? `point ${verdict.number}: ${sizeText(comparedIn(verdict))} compared, equal` : reason;
  people.line(` ${WORDS[outcome].padEnd(16)} ${chain.backup}  ${what}`, isTrouble(verification) ? 'error' : 'plain');
  for (const warning of warnings) people.line(` warning    ${warning}`, 'warning');
}

/** The evidence, for `--json`. */
function verificationObject({ chain, outcome, reason, next, result, error, warnings }: ChainVerification): object {
  return {
    rule: chain.rule.name,
    source: chain.source,
    backup: chain.backup,
    outcome,
    reason,
    next: next === undefined ? undefined : new Date(next).toISOString(),
    points: result?.verdicts.map((verdict) => ({ ...verdict, compared: comparedIn(verdict) })),
    ...(warnings.length > 0 && { warnings }),
    ...(error && { error: errorObject(error) }),
  };
}

import { forEachBounded, shareOf } from '../../engine/transfer/concurrency.ts';
import { comparedIn } from '../../engine/jobs/verify/verifyChains.ts';
import { sizeText } from '../../engine/sizeText.ts';
import type { ChainPorts } from '../../policy/apply/chainLook.ts';
import type { PolicyChain } from '../../policy/apply/expand.ts';
import { isTrouble, verifyChain, type ChainVerification } from '../../policy/apply/verifyChain.ts';
import type { CommandContext } from '../command.ts';
import type { People } from '../people.ts';
import { whichChain, isoOf, troubleObject } from './applyText.ts';

export interface VerifyDueOptions {
  /** Chains at once. */
  readonly parallel: number;
  /** When the next backup is due, in milliseconds. */
  readonly until: number;
  /** What is done for a chain; `verifyChain` unless given. */
  readonly verify?: typeof verifyChain;
  /** Told of those that are not merely not due. */
  readonly onVerification: (verification: ChainVerification) => void;
}

/**
 * Verifies what is due, after all backups: those come first, however much there is to read. Schedulers mostly begin no call before the last one ended, so
 * that from `until` on no further one is begun, except for as many as go at once: else a slow fleet would never be verified.
 * @returns how many chains were not looked at for that
 */
export async function verifyDueChains(
  chains: readonly PolicyChain[],
  portsOf: (chain: PolicyChain) => ChainPorts,
  { parallel, until, verify = verifyChain, onVerification }: VerifyDueOptions,
  job: CommandContext['job'],
  { people, print }: Pick<CommandContext, 'people' | 'print'>,
): Promise<number> {
  let begun = 0;
  let putOff = 0;
  const one = async (chain: PolicyChain): Promise<void> => {
    if (begun >= parallel && job.world.now() >= until) return void putOff++;
    begun++;
    const verification = await verify(chain, portsOf(chain), { limits: shareOf(parallel), ...job }, (event) => {
      if (event.type === 'progress') people.draw(` verifying  ${chain.backup}  ${sizeText(event.done)} compared`);
    });
    if (verification.outcome === 'notDue') return void begun--;
    onVerification(verification);
    tellVerification(people, verification);
    await print('verification', verificationObject(verification));
  };
  const asked = chains.filter(({ rule }) => rule.verify !== undefined);
  await forEachBounded(asked, { calls: parallel, bytes: Infinity }, () => 0, one, job.signal);
  return putOff;
}

const WORDS: Readonly<Record<ChainVerification['outcome'], string>> = {
  verified: 'verified',
  wrong: 'failed',
  failed: 'failed',
  unread: 'not verified',
  elsewhere: 'elsewhere',
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
    ...whichChain(chain),
    outcome,
    reason,
    next: isoOf(next),
    points: result?.verdicts.map((verdict) => ({ ...verdict, compared: comparedIn(verdict) })),
    ...troubleObject({ warnings, error }),
  };
}

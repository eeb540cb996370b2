import { Catalogue } from '../../engine/chain/catalogue.ts';
import { livingNumbers, type CatalogueIndex } from '../../engine/chain/recordNames.ts';
import { BackupError, isBackupError } from '../../engine/errors.ts';
import { resultOf, type Emit } from '../../engine/events.ts';
import { takeTurn } from '../../engine/jobs/verify/turn.ts';
import { runVerify, type VerifyResult } from '../../engine/jobs/verify/verify.ts';
import { wrongPointError } from '../../engine/jobs/verify/wrongPoint.ts';
import { toolsFor, type JobOptions, type Tools } from '../../engine/tools.ts';
import type { VerifyRule } from '../policy.ts';
import { verifyDueOf, type VerifyDue } from '../windows/verifyDue.ts';
import type { ChainPorts } from './chainLook.ts';
import type { PolicyChain } from './expand.ts';

/** What became of the verification that a policy asks for. */
export interface ChainVerification {
  readonly chain: PolicyChain;
  /**
   * `unread`: the snapshot of the disk that the newest point equals is gone, so nothing can be compared. `elsewhere`: another process has begun, and no end is on record. `wrong`:
   * the point failed. `failed`: it could not be verified.
   */
  readonly outcome: 'verified' | 'notDue' | 'unread' | 'elsewhere' | 'wrong' | 'failed';
  /** In plain words. */
  readonly reason: string;
  /** When it is due next, in milliseconds; undefined where that is not known. */
  readonly next: number | undefined;
  /** When a point was verified last, with as much read as the policy asks for, in milliseconds; undefined where that is not known, or the newest point was found wrong. */
  readonly verifiedOn: number | undefined;
  readonly result?: VerifyResult | undefined;
  readonly error?: BackupError | undefined;
  readonly warnings: readonly string[];
}

const DAY = 24 * 60 * 60_000;

/** A process that died while it verified keeps others from it no longer than this. */
function patienceOf({ every }: VerifyRule): number {
  return Math.min(every / 2, DAY);
}

/**
 * Compares the newest point of a chain with the disk's snapshot, if the policy asks for that and it is due. Older points cannot be compared: the
 * snapshots that they equal are gone.
 * @throws cancelled, and nothing else
 */
export async function verifyChain(
  chain: PolicyChain,
  ports: ChainPorts,
  options: JobOptions,
  emit: Emit = () => undefined,
): Promise<ChainVerification> {
  const warnings: string[] = [];
  const { verify: rule } = chain.rule;
  const about = { chain, warnings, next: undefined, verifiedOn: undefined };
  if (!rule) return { ...about, outcome: 'notDue', reason: 'the policy asks for no verification' };
  const hear: Emit = (event) => {
    if (event.type === 'warning') warnings.push(event.text);
    emit(event);
  };
  let due: VerifyDue | undefined;
  try {
    const tools = toolsFor(options, hear);
    const catalogue = new Catalogue(ports.catalogue, tools.retrier);
    const index = await catalogue.index(tools.signal);
    due = verifyDueOf(rule, index.verifiedOn, options.world.now());
    return await verifyDue({ ...about, verifiedOn: due.last, rule, catalogue, index, due }, ports, options, tools);
  } catch (thrown) {
    if (isBackupError(thrown, 'cancelled')) throw thrown;
    const error = isBackupError(thrown)
      ? thrown
      : new BackupError('unexpected', `This program did not expect: ${String(thrown)}`, { cause: thrown });
    return { ...about, verifiedOn: due?.last, outcome: 'failed', reason: `It could not be verified: ${error.message}`, error };
  }
}

interface Asked extends Pick<ChainVerification, 'chain' | 'warnings' | 'next' | 'verifiedOn'> {
  readonly rule: VerifyRule;
  readonly catalogue: Catalogue;
  readonly index: CatalogueIndex;
  readonly due: VerifyDue;
}

async function verifyDue(
  { rule, catalogue, index, due, ...about }: Asked,
  ports: ChainPorts,
  options: JobOptions,
  tools: Tools,
): Promise<ChainVerification> {
  const { world, emit } = tools;
  const number = livingNumbers(index).at(-1);
  if (number === undefined) return { ...about, outcome: 'notDue', reason: 'there is no recovery point yet' };
  if (index.failed.has(number))
    return {
      ...about,
      verifiedOn: undefined,
      outcome: 'notDue',
      reason: 'its newest point was found wrong: the next backup compares the whole disk',
    };
  if (!due.isDue) return { ...about, next: due.next, outcome: 'notDue', reason: 'it was verified not long ago' };
  if (!(await canCompare(catalogue, number, ports, options)))
    return {
      ...about,
      outcome: 'unread',
      reason: `the snapshot of the disk that point ${number} equals is gone: the next backup makes a point that can be compared`,
    };

  const turn = await takeTurn(catalogue, number, patienceOf(rule), tools);
  if (!turn) return { ...about, outcome: 'elsewhere', reason: 'another process has begun to verify it' };
  let result: VerifyResult;
  try {
    result = await resultOf(runVerify({ ...ports, number, proof: rule.proof }, options), (event) => {
      if (event.type !== 'result') emit(event);
    });
  } catch (error) {
    await turn.leave();
    throw error;
  }
  const [verdict] = result.verdicts;
  if (verdict!.verdict === 'failed') {
    // What is on record keeps others from it. What is not is told again by whoever comes next.
    await turn.leave();
    const error = wrongPointError(verdict!);
    return { ...about, verifiedOn: undefined, result, outcome: 'wrong', reason: error.fullText, error };
  }
  if (verdict!.verdict === 'structure') {
    // A backup made a newer point meanwhile: that one is verified next.
    await turn.leave();
    return { ...about, result, outcome: 'unread', reason: 'a newer point was made meanwhile' };
  }
  const verifiedOn = world.now();
  return { ...about, result, verifiedOn, next: verifiedOn + rule.every, outcome: 'verified', reason: 'it matches the disk' };
}

/** Is the snapshot of the disk there that the point equals? */
async function canCompare(catalogue: Catalogue, number: number, { source }: ChainPorts, options: JobOptions): Promise<boolean> {
  const { retrier, signal } = toolsFor(options);
  const entry = await catalogue.entry(number, signal);
  if (entry.source.url !== source.url) return false;
  try {
    await retrier.repeat('properties', () => source.image(entry.source.snapshot).length({ signal }), signal);
    return true;
  } catch (error) {
    if (isBackupError(error, 'snapshotNotFound', 'blobNotFound')) return false;
    throw error;
  }
}

/** Does somebody have to look? */
export function isTrouble({ outcome }: Pick<ChainVerification, 'outcome'>): boolean {
  return outcome === 'wrong' || outcome === 'failed';
}

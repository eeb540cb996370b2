import { BackupError, isBackupError } from '../../errors.ts';
import { resultOf, type RunEvent } from '../../events.ts';
import type { PageBlob } from '../../pageBlob.ts';
import type { ProofLevel } from '../../proof/proof.ts';
import type { RecordStore } from '../../recordStore.ts';
import type { JobOptions } from '../../tools.ts';
import { forEachBounded, shareOf } from '../../transfer/concurrency.ts';
import { runVerify, type OpenSource, type PointVerdict, type VerifyResult } from './verify.ts';

/** A chain whose points are to be proven. */
export interface ChainToVerify {
  /** URL of the backup blob, without query. */
  readonly backup: string;
  /** Opens it when its turn comes. */
  readonly open: () => Promise<{ readonly backup: PageBlob; readonly catalogue: RecordStore; readonly source: OpenSource }>;
}

/** What was found out about one chain. */
export interface ChainVerdict {
  readonly backup: string;
  /**
   * `failed`: a point of it is wrong. `unverified`: it could not be looked at, or not to its end. `structure`: every point is there, but of none any
   * content was read.
   */
  readonly outcome: 'passed' | 'structure' | 'unverified' | 'failed';
  readonly result: VerifyResult | undefined;
  /** Bytes that were read from both sides and are equal. */
  readonly compared: number;
  readonly warnings: readonly string[];
  /** Why it is `unverified`. */
  readonly error: BackupError | undefined;
}

export interface VerifyChainsOptions extends JobOptions {
  /** Chains at once. */
  readonly parallel: number;
  readonly proof?: ProofLevel | undefined;
  /** Told of each chain when it is done. */
  readonly onVerdict: (verdict: ChainVerdict) => void | Promise<void>;
  /** Told of the bytes compared up to now, in all chains. */
  readonly onCompared?: (bytes: number) => void;
}

/** Proves all points of many chains, some chains at once. One that cannot be verified does not stop the others. @throws cancelled */
export async function verifyChains(chains: Iterable<ChainToVerify>, options: VerifyChainsOptions): Promise<void> {
  const { parallel, proof, onVerdict, onCompared = () => undefined } = options;
  const job: JobOptions = { limits: shareOf(parallel), ...options };
  let all = 0;
  const one = async (chain: ChainToVerify): Promise<void> => {
    const warnings: string[] = [];
    let ofPoint = 0;
    const hear = (event: RunEvent): void => {
      if (event.type === 'warning') warnings.push(event.text);
      // Each point, and each reading of it, counts from nothing.
      if (event.type !== 'progress') return;
      all += event.done < ofPoint ? event.done : event.done - ofPoint;
      ofPoint = event.done;
      onCompared(all);
    };
    await onVerdict(await verdictOn(chain, proof, job, hear, warnings));
  };
  await forEachBounded(chains, { calls: parallel, bytes: Infinity }, () => 0, one, options.signal);
}

async function verdictOn(
  { backup, open }: ChainToVerify,
  proof: ProofLevel | undefined,
  job: JobOptions,
  hear: (event: RunEvent) => void,
  warnings: readonly string[],
): Promise<ChainVerdict> {
  try {
    const result = await resultOf(runVerify({ ...(await open()), ...(proof && { proof }) }, job), hear);
    const compared = result.verdicts.reduce((bytes, verdict) => bytes + comparedIn(verdict), 0);
    return { backup, outcome: outcomeOf(result), result, compared, warnings, error: undefined };
  } catch (thrown) {
    if (isBackupError(thrown, 'cancelled')) throw thrown;
    const error = isBackupError(thrown)
      ? thrown
      : new BackupError('unexpected', `This program did not expect: ${String(thrown)}`, { cause: thrown });
    return { backup, outcome: 'unverified', result: undefined, compared: 0, warnings, error };
  }
}

/** Bytes of a point that were read from both sides and are equal. */
export function comparedIn({ proof, differing = 0 }: PointVerdict): number {
  return proof ? Math.max(0, proof.changedCompared + proof.restCompared - differing) : 0;
}

function outcomeOf({ failed, verdicts }: VerifyResult): ChainVerdict['outcome'] {
  if (failed > 0) return 'failed';
  return verdicts.some(({ verdict }) => verdict === 'passed') ? 'passed' : 'structure';
}

/** What verifying many chains came to. */
export interface VerifyTotals {
  readonly chains: number;
  /** Chains by what was found. */
  readonly passed: number;
  readonly structure: number;
  readonly unverified: number;
  readonly failed: number;
  /** Points that were looked at; those that were found wrong. */
  readonly points: number;
  readonly failedPoints: number;
  /** Bytes that were read from both sides and are equal. */
  readonly compared: number;
}

export const NOTHING_VERIFIED: VerifyTotals = {
  chains: 0,
  passed: 0,
  structure: 0,
  unverified: 0,
  failed: 0,
  points: 0,
  failedPoints: 0,
  compared: 0,
};

export function totalsWith(totals: VerifyTotals, { outcome, result, compared }: ChainVerdict): VerifyTotals {
  return {
    ...totals,
    chains: totals.chains + 1,
    [outcome]: totals[outcome] + 1,
    points: totals.points + (result?.verdicts.length ?? 0),
    failedPoints: totals.failedPoints + (result?.failed ?? 0),
    compared: totals.compared + compared,
  };
}

import { throwIfCancelled } from '../../engine/errors.ts';
import { forEachBounded, shareOf } from '../../engine/transfer/concurrency.ts';
import type { JobOptions } from '../../engine/tools.ts';
import { applyChain, type ChainOutcome } from './applyChain.ts';
import type { ChainPorts } from './chainLook.ts';
import type { PolicyChain } from './expand.ts';

/** Does what there is to do for one chain. */
type ApplyChain = (chain: PolicyChain, ports: ChainPorts, options: JobOptions) => Promise<ChainOutcome>;

export interface ApplyOptions extends JobOptions {
  /** Chains at once. */
  readonly parallel: number;
  /** How long another process's run may take until its window counts as not served; milliseconds. */
  readonly patience: number;
  /** What is done for a chain; `applyChain` unless given. */
  readonly act?: ApplyChain;
  /** Told of every chain when all is decided about it. */
  readonly onOutcome: (outcome: ChainOutcome) => Promise<void>;
}

const ASK_AGAIN_MS = 2_000;

/**
 * Does all that is due, with bounded chains at once; what fails for one does not stop the others. Chains that another process holds are looked at
 * again at the end: where it has served the window all is well, and where it died its lease runs out within a minute and its run is gone on with.
 * @throws cancelled
 */
export async function applyAll(
  chains: readonly PolicyChain[],
  portsOf: (chain: PolicyChain) => ChainPorts,
  options: ApplyOptions,
): Promise<void> {
  const { parallel, patience, onOutcome, act = applyChain, world, signal } = options;
  const job: JobOptions = { limits: shareOf(parallel), ...options };
  /** @returns chains that are busy */
  const pass = async (some: readonly PolicyChain[], isLast: boolean): Promise<PolicyChain[]> => {
    const busy: PolicyChain[] = [];
    const one = async (chain: PolicyChain): Promise<void> => {
      const outcome = await act(chain, portsOf(chain), job);
      if (outcome.outcome === 'busy' && !isLast) busy.push(chain);
      // On its second look a chain that is not due any more was served by whoever held it.
      else await onOutcome(outcome.outcome === 'notDue' && waitedFor.has(chain.key) ? { ...outcome, outcome: 'served' } : outcome);
    };
    await forEachBounded(some, { calls: parallel, bytes: Infinity }, () => 0, one, signal);
    return busy;
  };
  const waitedFor = new Set<string>();
  const until = world.now() + patience;
  let busy = await pass(chains, patience <= 0);
  while (busy.length > 0) {
    for (const { key } of busy) waitedFor.add(key);
    const left = until - world.now();
    if (left > 0) await world.sleep(Math.min(ASK_AGAIN_MS, left), signal);
    throwIfCancelled(signal);
    busy = await pass(busy, until <= world.now());
  }
}

/** Did the chain fail? One that stays busy did not get what was due either. */
export function isFailure({ outcome }: ChainOutcome): boolean {
  return outcome === 'failed' || outcome === 'busy';
}

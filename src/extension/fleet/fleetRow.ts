import type { CatalogueEntry } from '../../engine/chain/entry.ts';
import type { CatalogueIndex } from '../../engine/chain/recordNames.ts';
import type { PolicyChain } from '../../policy/apply/expand.ts';

/** What two requests tell of a chain. */
export interface FleetFacts {
  /** Its newest point; whether its snapshot is still there was not looked at. */
  readonly newest: CatalogueEntry | undefined;
  /** A verification found the newest point wrong. */
  readonly isWrong: boolean;
  /** Points that are there. */
  readonly points: number;
  /** When the disk was looked at last, in milliseconds: it is as it was backed up then. */
  readonly lookedOn: number | undefined;
  /** When a point was verified last, by how much was read: ISO 8601. */
  readonly verifiedOn: CatalogueIndex['verifiedOn'];
}

/** Why a chain could not be read, or its run failed. */
export interface FleetProblem {
  readonly text: string;
  readonly code: string;
}

/** One chain of a policy. Changes by being replaced. */
export interface FleetRow {
  readonly chain: PolicyChain;
  /** URI of the policy file. */
  readonly policy: string;
  /** Undefined while nobody has looked. */
  readonly facts: FleetFacts | undefined;
  /** Why the last look came to nothing. */
  readonly problem: FleetProblem | undefined;
  /** When that was; milliseconds. */
  readonly askedAt: number | undefined;
}

/** Names the chain in its policy: two policies may have the same one. */
export function rowKey({ policy, chain }: Pick<FleetRow, 'policy' | 'chain'>): string {
  return `${policy} ${chain.key}`;
}

/** Such failures go away by themselves: a laptop without a network is no reason to call anybody. */
const PASSING: readonly string[] = ['network', 'hostNotFound', 'timedOut', 'throttled', 'serviceFailed', 'incompleteAnswer', 'cancelled'];

export function isPassing({ code }: FleetProblem): boolean {
  return PASSING.includes(code);
}

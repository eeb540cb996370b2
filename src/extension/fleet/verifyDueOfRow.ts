import { verifyDueOf, type VerifyDue } from '../../policy/windows/verifyDue.ts';
import type { FleetRow } from './fleetRow.ts';

/** The verification that the policy asks for, where there is a point that wants one. */
export function verifyDueOfRow({ chain, facts }: FleetRow, now: number): VerifyDue | undefined {
  const { verify } = chain.rule;
  return verify && facts?.newest && !facts.isWrong ? verifyDueOf(verify, facts.verifiedOn, now) : undefined;
}

/** When the chain was verified last, in milliseconds; where it never was, when its newest point was made: it waits at least since then. */
export function unverifiedSince(row: FleetRow, now: number): number {
  return verifyDueOfRow(row, now)?.last ?? Date.parse(row.facts?.newest?.committedOn ?? '');
}

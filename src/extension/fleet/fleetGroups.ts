import { placeOf } from '../words/places.ts';
import type { FleetRow } from './fleetRow.ts';
import type { ChainStanding } from './standing.ts';

export type GroupKind = 'attention' | 'active' | 'unknown' | 'good';

/** In the order in which they are shown: trouble first. */
export const GROUPS: readonly GroupKind[] = ['attention', 'active', 'unknown', 'good'];

export interface FleetGroup {
  readonly kind: GroupKind;
  readonly rows: readonly FleetRow[];
}

/** Of so many rows at once VS Code draws a list without a pause. */
export const ROWS_AT_ONCE = 500;

const RANK: readonly ChainStanding[] = ['failed', 'unreadable', 'wrong', 'overdue', 'unverified', 'running', 'due', 'unknown', 'good'];

/** Rows by what they want of their reader, those in each by how bad it is, then by the names of their disks. Groups without rows are left out. */
export function groupsOf(rows: Iterable<FleetRow>, standing: (row: FleetRow) => ChainStanding): FleetGroup[] {
  const sorted = [...rows]
    .map((row) => ({ row, rank: RANK.indexOf(standing(row)), name: placeOf(row.chain.source).name }))
    .sort((a, b) => a.rank - b.rank || compare(a.name, b.name) || compare(a.row.chain.key, b.row.chain.key));
  const byKind = Map.groupBy(sorted, ({ rank }) => kindOf(RANK[rank]!));
  return GROUPS.flatMap((kind) => {
    const found = byKind.get(kind);
    return found ? [{ kind, rows: found.map(({ row }) => row) }] : [];
  });
}

/** A long list in parts of at most `most` rows. */
export function partsOf<Row>(rows: readonly Row[], most = ROWS_AT_ONCE): readonly (readonly Row[])[] {
  return Array.from({ length: Math.ceil(rows.length / most) }, (_, at) => rows.slice(at * most, (at + 1) * most));
}

function kindOf(standing: ChainStanding): GroupKind {
  switch (standing) {
    case 'failed':
    case 'unreadable':
    case 'wrong':
    case 'overdue':
    case 'unverified':
      return 'attention';
    case 'running':
    case 'due':
      return 'active';
    case 'unknown':
      return 'unknown';
    case 'good':
      return 'good';
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

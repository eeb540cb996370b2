import type { ImageRef } from '../../difference/subject.ts';
import { rowOf, snapshotOf } from '../rows.ts';

/** The image that a row stands for: a snapshot, a recovery point, a blob as it is now. */
export function imageOfRow(value: unknown): ImageRef | undefined {
  const row = rowOf(value);
  if (!row) return undefined;
  if (row.kind === 'blob') return { blob: row.url, snapshot: undefined };
  const snapshot = snapshotOf(row);
  return snapshot && { blob: snapshot.blob, snapshot: snapshot.id };
}

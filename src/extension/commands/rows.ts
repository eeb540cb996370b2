import type { RecoveryPoint } from '../../engine/jobs/points/points.ts';

/** A row of a tree, as far as commands look at it. The rows' classes have these fields under the same names. */
export type Row =
  | {
      readonly kind: 'account';
      readonly account: {
        readonly id: string;
        readonly name: string;
        readonly endpoint?: string;
        readonly scope?: { readonly container: string } | undefined;
      };
    }
  | { readonly kind: 'container'; readonly account?: { readonly endpoint: string }; readonly name?: string }
  | { readonly kind: 'blob'; readonly url: string; readonly backup: string | undefined; readonly source: string | undefined }
  /** `key`: names it in the fleet, where the row is one of the fleet. */
  | { readonly kind: 'chain'; readonly url: string; readonly backup: string; readonly source: string | undefined; readonly key?: string }
  | { readonly kind: 'point'; readonly url: string; readonly backup: string; readonly source: string; readonly point: RecoveryPoint }
  | { readonly kind: 'snapshot'; readonly url: string; readonly blob: { readonly url: string } }
  | { readonly kind: 'snapshots' | 'problem' | 'loadMore' | 'loading' | 'empty' | 'unreadable' };

export function rowOf(value: unknown): Row | undefined {
  return typeof value === 'object' && value !== null && typeof (value as Row).kind === 'string' ? (value as Row) : undefined;
}

/** The rows that a command is for: those selected, as long as the one it was called on is among them. */
export function rowsOf(first: unknown, selected: unknown): Row[] {
  const row = rowOf(first);
  const all = Array.isArray(selected) ? selected.flatMap((each) => rowOf(each) ?? []) : [];
  if (!row) return all;
  return all.includes(row) ? all : [row];
}

/** URL of the disk that a row, or a button, names. */
export function diskOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const row = rowOf(value);
  return row && 'source' in row ? (row.kind === 'blob' ? row.url : row.source) : undefined;
}

/** A snapshot or recovery point: its blob and its id. */
export interface SnapshotRef {
  readonly blob: string;
  readonly id: string;
}

/** The snapshot that a row stands for. */
export function snapshotOf(row: Row): SnapshotRef | undefined {
  if (row.kind === 'snapshot') return { blob: row.blob.url, id: idIn(row.url) };
  return row.kind === 'point' ? { blob: row.backup, id: idIn(row.url) } : undefined;
}

/** Ids are opaque; in these URLs they stand as they are. */
function idIn(url: string): string {
  return decodeURIComponent(url.slice(url.indexOf('?snapshot=') + '?snapshot='.length));
}

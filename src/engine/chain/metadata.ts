import type { Metadata } from '../pageBlob.ts';

/**
 * Our keys in blob metadata. They are for people and for finding one's own unfinished work, never a commit: Snapshot Blob and Copy Blob pass
 * metadata on, so they turn up on things that are not ours.
 */
export const KEY = {
  /** Id of the chain, on the backup blob. */
  chain: 'pbb_chain',
  /** Id of the run that took a snapshot. */
  run: 'pbb_run',
  /** On a source snapshot: URL of the backup blob, by which people and the tree find the chain again. */
  backup: 'pbb_backup',
  /** Random mark of one attempt to take a backup snapshot. */
  attempt: 'pbb_try',
  /** The run that is open on a backup blob, as JSON. */
  openRun: 'pbb_open',
  /** On a restore target: `partial` until it has been proven, then `complete`. */
  restore: 'pbb_restore',
  /** On a restore target: the recovery point it was made from. */
  restoredFrom: 'pbb_restored_from',
  /** On a restore target: when the restore was completed. */
  restoredOn: 'pbb_restored_on',
  /** On a blob that a snapshot was promoted over: the snapshot of it as it was before. */
  safety: 'pbb_before',
  /** On such a blob: the id of that promotion, by which it is known again when it is resumed. */
  promotion: 'pbb_promotion',
} as const;

/** Most bytes of all names and values together (REST: Setting and Retrieving Properties and Metadata). */
const MAX_METADATA = 8 * 1024;

/**
 * The blob's own metadata with ours added. Snapshot Blob replaces all metadata when any is given, so the blob's own must be named again. Where
 * all of it does not fit, ours is dropped first, the last given first.
 */
export function withOurs(own: Metadata, ours: Metadata): Metadata {
  const merged: Record<string, string> = { ...own };
  for (const [key, value] of Object.entries(ours)) {
    const before = merged[key];
    merged[key] = value;
    if (sizeOf(merged) <= MAX_METADATA) continue;
    if (before === undefined) delete merged[key];
    else merged[key] = before;
  }
  return merged;
}

/** Is there room for all of ours beside the blob's own metadata? What does not fit is dropped silently. */
export function hasRoom(own: Metadata, ours: Metadata): boolean {
  const merged = withOurs(without(own, ...Object.values(KEY)), ours);
  return Object.keys(ours).every((key) => key in merged);
}

/** Metadata without some keys. */
export function without(metadata: Metadata, ...keys: string[]): Metadata {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !keys.includes(key)));
}

function sizeOf(metadata: Metadata): number {
  return Object.entries(metadata).reduce((size, [key, value]) => size + key.length + value.length, 0);
}

import type { Metadata, SnapshotId } from '../pageBlob.ts';
import { KEY } from './metadata.ts';

/**
 * The record of a run that is under way or was interrupted, in the backup blob's metadata: any machine can go on from it. Pages are applied in
 * address order, so one number is the whole journal.
 */
export interface OpenRun {
  readonly run: string;
  /** What the run does; another kind of run on the same blob starts from the beginning. */
  readonly kind: string;
  /** The image that is copied: URL without query but for a snapshot's id. */
  readonly source: string;
  /** The lease of the run; renewing it after an interruption proves that nobody touched the blob since. */
  readonly lease: string;
  /** The catalogue's newest number when the run began, 0 for none. */
  readonly parent: number;
  readonly startedOn: string;
  /** The source snapshot, once taken. */
  readonly snapshot?: SnapshotId | undefined;
  /** Everything below this byte has been applied. */
  readonly applied: number;
  /** The mark of the backup snapshot that is being taken or proven. */
  readonly attempt?: string | undefined;
  /** The blob may have been changed since that snapshot was taken. */
  readonly touched?: true | undefined;
  /** Snapshots of the blob that this run has taken and found wrong; they are deleted once it has its point. */
  readonly wrong?: readonly SnapshotId[] | undefined;
  /** The run ended in order and does not use its lease any more. */
  readonly paused?: boolean;
}

/** No query but a snapshot's id: any other could only be the SAS of whoever wrote the record. */
const SOURCE = /^[^?]*(?:\?snapshot=[^&?]*)?$/;

export function readOpenRun(metadata: Metadata): OpenRun | undefined {
  try {
    const value = JSON.parse(metadata[KEY.openRun] ?? 'null') as OpenRun | null;
    const isOurs = typeof value?.run === 'string' && typeof value.lease === 'string' && Number.isSafeInteger(value.applied);
    return isOurs && typeof value.source === 'string' && SOURCE.test(value.source) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** JSON in ASCII, as header values demand. */
export function writeOpenRun(run: OpenRun): string {
  return JSON.stringify(run).replace(/[^\x20-\x7e]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}

import { BackupError } from '../errors.ts';
import type { SnapshotId } from '../pageBlob.ts';
import { isProof, type Proof } from '../proof/proof.ts';
import type { Transfer } from '../transfer/pageMover.ts';

export type RecoveryPointKind = 'full' | 'incremental' | 'rebase';

/**
 * The catalogue's record of one recovery point: `<backup blob>.chain/000017.json`, created once, never changed. Its creation is the commit.
 * It holds no secret: URLs are without query. Times are ISO 8601 by the clock of the machine that ran, for people; order is `number`.
 */
export interface CatalogueEntry {
  readonly format: 1;
  readonly number: number;
  readonly kind: RecoveryPointKind;
  /** Number of the point this one was made from; null at the start of a chain. */
  readonly parent: number | null;
  readonly chain: string;
  readonly run: string;
  readonly backup: { readonly url: string; readonly snapshot: SnapshotId };
  /** The state of the disk that the point equals. Lengths are bytes. */
  readonly source: { readonly url: string; readonly snapshot: SnapshotId; readonly createdOn: string | null; readonly length: number };
  /** Bytes of pages written and cleared to get from the parent to here. */
  readonly written: number;
  readonly cleared: number;
  /** Bytes that were moved for it, repairs included. */
  readonly transferred: number;
  readonly transfer: Transfer;
  readonly startedOn: string;
  readonly committedOn: string;
  readonly proof: Proof;
}

const KINDS: readonly RecoveryPointKind[] = ['full', 'incremental', 'rebase'];
const TRANSFERS: readonly Transfer[] = ['server', 'relay'];

/** @param number the one that the record's name tells @throws integrity when the record is not an entry this version can read */
export function parseEntry(name: string, number: number, text: string): CatalogueEntry {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isEntry(value) || value.number !== number) {
    throw new BackupError('integrity', `The catalogue record ${name} cannot be read: it is damaged or was written by a later version.`, {
      unharmed: 'The snapshots of the backup blob are as they were.',
      hint: 'Use the newest version of Page Blob Backup, or look at the record: it is plain JSON beside the backup blob.',
    });
  }
  return value;
}

/** Looks at every field: whoever has an entry may use all of it. */
function isEntry(value: unknown): value is CatalogueEntry {
  const entry = value as CatalogueEntry | null | undefined;
  const { backup, source } = entry ?? {};
  return (
    entry?.format === 1 &&
    isCount(entry.number) &&
    KINDS.includes(entry.kind) &&
    (entry.parent === null || isCount(entry.parent)) &&
    TRANSFERS.includes(entry.transfer) &&
    (source?.createdOn === null || typeof source?.createdOn === 'string') &&
    [source.length, entry.written, entry.cleared, entry.transferred].every(isCount) &&
    [entry.chain, entry.run, backup?.snapshot, source.snapshot, entry.startedOn, entry.committedOn].every(isText) &&
    [backup?.url, source.url].every(isBareUrl) &&
    isProof(entry.proof)
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** A query could only be a SAS, and so an access that whoever wrote the record gives to a place of theirs. */
function isBareUrl(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('?');
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

import { KEY, without } from '../../chain/metadata.ts';
import type { Hold } from '../../hold/hold.ts';
import type { BlobImage, Metadata, SnapshotId } from '../../pageBlob.ts';
import { provenSnapshot } from '../../proof/provenSnapshot.ts';
import type { Proof, ProofLevel } from '../../proof/proof.ts';
import type { Tools } from '../../tools.ts';
import { applyPages } from '../../transfer/applyPages.ts';
import { PageMover, type Transfer, type TransferChoice } from '../../transfer/pageMover.ts';
import { countWork, fullWork } from '../backup/work.ts';

export interface EqualCopy {
  /** A recovery point, which cannot change. */
  readonly original: BlobImage;
  /** Bytes of it. */
  readonly length: number;
  /** Its number, which decides what a sample reads. */
  readonly number: number;
  /** Bytes of the pages it holds. */
  readonly held: number;
  readonly transfer: TransferChoice;
  readonly proof: ProofLevel | undefined;
  /** The blob holds the original's pages already, by a copy of the service: there is nothing to write but what the proof finds wrong. */
  readonly isCopied?: boolean;
  /** What the snapshot carries of the blob's metadata, and besides; default: all but the mark of an unfinished restore, since it is whole. */
  readonly marks?: (own: Metadata) => Metadata;
}

export interface ProvenCopy {
  /** The snapshot that was proven equal to the original; the blob's pages are the same. */
  readonly snapshot: SnapshotId;
  /** Snapshots of the blob that were found wrong on the way: nothing names them. */
  readonly wrong: readonly SnapshotId[];
  readonly written: number;
  /** With what mending took. */
  readonly transferred: number;
  readonly transfer: Transfer;
  readonly proof: Proof;
}

/** Makes the held blob equal to a recovery point, and proves a snapshot of it. An interrupted run is gone on with. @throws integrity */
export async function makeEqual(copy: EqualCopy, hold: Hold, tools: Tools): Promise<ProvenCopy> {
  const { original, length, number, marks = (own) => without(own, KEY.restore) } = copy;
  const { guard, journal } = hold;
  const { retrier, limits, signal, emit } = tools;
  const target = guard.blob;
  if (hold.lengthBefore !== length) await guard.change('length', (fence) => target.resize(length, { fence, signal }), signal);
  const from = copy.isCopied ? length : journal.record.applied;
  const work = () => fullWork({ original, target: hold.isNew ? undefined : target.image(), within: { start: from, end: length } }, tools);
  const mover = new PageMover(original, guard, copy.transfer, retrier, emit);

  if (!copy.isCopied) emit({ type: 'phase', phase: 'copying', text: `Copying to ${target.url}.` });
  const total = hold.isNew ? copy.held : (await countWork(work())).written;
  const moved = await applyPages(work(), mover, {
    limits,
    signal,
    onDone: async ({ written }, applied) => {
      emit({ type: 'progress', phase: 'copying', done: written, total });
      if (applied > from) await journal.reached(applied);
    },
  });
  await journal.write({ applied: length });

  emit({ type: 'phase', phase: 'proving', text: `Comparing ${target.url} with the recovery point.` });
  const level = copy.proof ?? (mover.transfer === 'server' ? 'sample' : 'changed');
  const claim = { original, length, level, number, written: copy.held, changes: undefined, base: undefined, marks, ofBlob: true };
  const { snapshot, proof, repaired, wrong } = await provenSnapshot(claim, hold, mover, tools);
  return { snapshot, wrong, proof, written: moved.written, transferred: moved.written + repaired.written, transfer: mover.transfer };
}

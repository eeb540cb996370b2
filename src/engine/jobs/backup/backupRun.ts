import { isDifferenceRefusal } from '../../chain/canary.ts';
import type { Catalogue } from '../../chain/catalogue.ts';
import { markCommittedWrong } from '../../chain/committedWrong.ts';
import type { CatalogueEntry, RecoveryPointKind } from '../../chain/entry.ts';
import { isBackupError, type BackupError } from '../../errors.ts';
import type { BlobImage, SnapshotId } from '../../pageBlob.ts';
import type { Proof, ProofLevel } from '../../proof/proof.ts';
import { sameRanges } from '../../ranges/rangeSet.ts';
import { aligned } from '../../ranges/rangeWindow.ts';
import { shortList } from '../../transfer/shortList.ts';
import { together } from '../../transfer/together.ts';
import { applyPages } from '../../transfer/applyPages.ts';
import { PageMover, type Transfer } from '../../transfer/pageMover.ts';
import type { PageWork } from '../../transfer/pageWork.ts';
import { timeText, type Tools } from '../../tools.ts';
import { discard } from '../../hold/discard.ts';
import type { Hold } from '../../hold/hold.ts';
import type { BackupPlan } from './plan.ts';
import { refuse } from './refusals.ts';
import { provenSnapshot } from '../../proof/provenSnapshot.ts';
import type { BackupRequest } from './request.ts';
import { deleteOldAnchors, sourceSnapshot } from './sourceSnapshots.ts';
import { countWork, fullWork, incrementalWork, rebaseWork } from './work.ts';

/** What a backup run came to. Sizes are bytes; ids are as the service gave them. */
export interface BackupResult {
  readonly job: 'backup';
  /** `unchanged`: nothing was to be copied, so no new point was made and the newest one still equals the disk. */
  readonly kind: RecoveryPointKind | 'unchanged';
  readonly reason: string;
  /** Number of the recovery point in the catalogue. */
  readonly number: number;
  readonly recoveryPoint: SnapshotId;
  readonly sourceSnapshot: SnapshotId;
  readonly length: number;
  readonly written: number;
  readonly cleared: number;
  readonly transferred: number;
  readonly transfer: Transfer;
  readonly proof: Proof;
  /** The run went on from an interrupted one, so the point shows the disk as it was when that one began. */
  readonly resumed: boolean;
}

/** One run of a backup whose blob is held: from the source snapshot to the recovery point. */
export class BackupRun {
  readonly #plan: BackupPlan;
  readonly #request: BackupRequest;
  readonly #tip: CatalogueEntry | undefined;
  readonly #hold: Hold;
  readonly #catalogue: Catalogue;
  readonly #tools: Tools;
  #kind: RecoveryPointKind;
  #reason: string;

  constructor(plan: BackupPlan, request: BackupRequest, tip: CatalogueEntry | undefined, hold: Hold, catalogue: Catalogue, tools: Tools) {
    this.#plan = plan;
    this.#request = request;
    this.#tip = tip;
    this.#hold = hold;
    this.#catalogue = catalogue;
    this.#tools = tools;
    this.#kind = plan.kind;
    this.#reason = plan.reason;
  }

  async finish(): Promise<BackupResult> {
    const { source, transfer = 'auto' } = this.#request;
    const { retrier, emit, signal } = this.#tools;
    const { guard, journal } = this.#hold;

    const startedOn = timeText(this.#tools.world);
    const { id, resumed } = await sourceSnapshot(source, guard.blob, journal.record, this.#tools);
    emit({ type: 'snapshot', snapshot: id, resumed });
    // What an interrupted run had applied or taken holds for its own source snapshot only.
    await journal.write(resumed ? { snapshot: id } : { snapshot: id, startedOn, applied: 0, attempt: undefined });
    const original = source.image(id);
    const [length, lengthNow] = await together([
      retrier.repeat('properties', () => original.length({ signal }), signal),
      retrier.repeat('properties', () => guard.blob.image().length({ signal }), signal),
    ]);
    if (lengthNow !== length) await guard.change('length', (fence) => guard.blob.resize(length, { fence, signal }), signal);

    const mover = new PageMover(original, guard, transfer, retrier, emit);
    const applied = await this.#applyOrRebase(original, length, mover);
    if (applied === 'unchanged') return resumed ? this.#again(id) : this.#unchanged(id, length, mover);
    const { moved, changed } = applied;

    emit({ type: 'phase', phase: 'proving', text: 'Taking the backup snapshot and comparing it with the disk.' });
    const { snapshot, proof, repaired, wrong } = await provenSnapshot(
      {
        original,
        length,
        level: this.#proofLevel(mover.transfer),
        number: this.#plan.parent + 1,
        written: changed.written,
        changes: this.#changes(original),
        base: this.#plan.base,
      },
      this.#hold,
      mover,
      this.#tools,
    );

    emit({ type: 'phase', phase: 'committing', text: 'Recording the recovery point.' });
    // A machine that slept finds out here, before its entry could name what a successor has thrown away.
    await guard.keep(signal);
    const transferred = moved.written + repaired.written;
    const proven = this.#entry({
      id,
      length,
      snapshot,
      proof,
      transferred,
      transfer: mover.transfer,
      written: changed.written,
      cleared: changed.cleared,
    });
    const entry = await this.#catalogue.commit(proven, signal);
    if (wrong.includes(entry.backup.snapshot)) return this.#committedWrong(entry, wrong);
    const { keepSourceSnapshots = 1 } = this.#request;
    await this.#cleanUp(async () => {
      const unnamed = [...wrong, snapshot].filter((each) => each !== entry.backup.snapshot);
      await discard(guard.blob, unnamed, { leaseId: guard.leaseId }, this.#tools);
      await deleteOldAnchors(this.#request, entry, keepSourceSnapshots, this.#catalogue, this.#toolsAfterCommit());
    });
    return this.#result(entry, { kind: this.#kind, transferred, resumed });
  }

  /** An interrupted try of this run has committed a snapshot that this one found wrong: it counts as failed, and nothing is built on it. */
  async #committedWrong(entry: CatalogueEntry, wrong: readonly SnapshotId[]): Promise<never> {
    await this.#hold.journal.write({ wrong: wrong.filter((id) => id !== entry.backup.snapshot) });
    await markCommittedWrong(this.#catalogue, entry, this.#tools);
    throw refuse.superseded(entry.number);
  }

  /** Copies what has to be copied; where the service refuses its differences on the way, compares the whole disk instead. */
  async #applyOrRebase(original: BlobImage, length: number, mover: PageMover) {
    const { applied, snapshot } = this.#hold.journal.record;
    try {
      if (this.#kind === 'incremental' && snapshot && snapshot === this.#plan.anchor) throw refuse.idGivenTwice(snapshot);
      return await this.#apply(original, length, mover, applied);
    } catch (error) {
      if (this.#kind !== 'incremental' || !isDifferenceRefusal(error)) throw error;
      this.#kind = 'rebase';
      this.#reason = `The service could not list the changes since the last recovery point (${(error as BackupError).message}) The whole disk was compared instead. Earlier points are unharmed.`;
      this.#tools.emit({ type: 'warning', code: 'rebase', text: this.#reason });
      await this.#hold.journal.write({ kind: this.#kind, applied: 0 });
      return this.#apply(original, length, mover, 0);
    }
  }

  async #apply(original: BlobImage, length: number, mover: PageMover, from: number) {
    const { emit, limits, signal } = this.#tools;
    const { journal } = this.#hold;
    const comparing = this.#kind === 'rebase';
    let compared = 0;
    const ask = () =>
      this.#work(original, { start: from, end: length }, (bytes) => {
        compared += bytes;
        emit({ type: 'progress', phase: 'comparing', done: compared, total });
      });
    const work = comparing ? ask : shortList(ask);

    emit({ type: 'phase', phase: 'listing', text: 'Asking which pages have to be copied.' });
    const held = { original, target: undefined, within: { start: from, end: length } };
    const count = await countWork(comparing ? fullWork(held, this.#tools) : work());
    const total = count.written;
    if (from === 0 && count.writes + count.clears === 0 && (await this.#equalsTip(original, length))) return 'unchanged' as const;

    // What an interrupted run had applied belongs to this point too.
    const whole = from === 0 || comparing ? count : await countWork(this.#work(original, { start: 0, end: length }, () => undefined));
    const { written, cleared, ranges } = whole;
    if (!comparing)
      emit({ type: 'changes', written, cleared, ranges, since: this.#kind === 'incremental' ? this.#plan.anchor : undefined });
    emit({ type: 'phase', phase: comparing ? 'comparing' : 'copying', text: comparing ? this.#reason : 'Copying changes.' });
    const moved = await applyPages(work(), mover, {
      limits,
      signal,
      onDone: async ({ written }, applied) => {
        if (!comparing) emit({ type: 'progress', phase: 'copying', done: written, total });
        if (applied > from) await journal.reached(applied);
      },
    });
    await journal.write({ applied: length });
    return { moved, changed: comparing ? moved : whole };
  }

  #work(original: BlobImage, within: { start: number; end: number }, onCompared: (bytes: number) => void): AsyncIterable<PageWork> {
    const { blob } = this.#hold.guard;
    const target = blob.image();
    const { anchor, base } = this.#plan;
    if (this.#kind === 'full') return fullWork({ original, target: this.#hold.isNew ? undefined : target, within }, this.#tools);
    if (this.#kind === 'incremental') {
      const tail = Math.min(this.#tip!.source.length, this.#hold.lengthBefore);
      return incrementalWork({ original, target, within, anchor: anchor!, base: base!, tail }, this.#tools);
    }
    const before = () => this.#hold.guard.keep(this.#tools.signal);
    return rebaseWork({ original, target, within }, this.#tools, { before, onCompared });
  }

  /** No page was listed; a resize that the lists do not tell would still show in the length or in which pages are allocated. */
  async #equalsTip(original: BlobImage, length: number): Promise<boolean> {
    const { base } = this.#plan;
    if (this.#kind !== 'incremental' || base === undefined || this.#tip?.source.length !== length || this.#hold.lengthBefore !== length)
      return false;
    const { retrier, signal } = this.#tools;
    const disk = { start: 0, end: length };
    const lists = [original, this.#hold.guard.blob.image(base)].map((image) =>
      retrier.windows('page ranges', disk, (rest) => image.allocated(rest, { signal }), signal),
    );
    for await (const { sets } of aligned(disk, lists)) if (!sameRanges(sets[0]!, sets[1]!)) return false;
    return true;
  }

  /** The newest point still equals the disk: the snapshot just taken is not needed, and this run's record names it. */
  async #unchanged(id: SnapshotId, length: number, mover: PageMover): Promise<BackupResult> {
    const tip = this.#tip!;
    await this.#cleanUp(async () => {
      await discard(this.#request.source, [id], undefined, this.#tools);
      const { run, startedOn } = this.#hold.journal.record;
      const evidence = { format: 1, number: tip.number, sourceSnapshot: id, run, startedOn };
      await this.#catalogue.addUnchanged(tip.number, startedOn, run, evidence);
    });
    this.#reason = `Nothing changed since recovery point ${tip.number}. No new point was made.`;
    const entry = { ...tip, written: 0, cleared: 0, transfer: mover.transfer, source: { ...tip.source, length } };
    return this.#result(entry, { kind: 'unchanged', transferred: 0, resumed: false });
  }

  /** The snapshot of an interrupted run shows nothing new, but the disk may have changed since: looks at the disk as it is now. */
  async #again(id: SnapshotId): Promise<BackupResult> {
    await discard(this.#request.source, [id], undefined, this.#tools);
    await this.#hold.journal.write({ run: this.#tools.world.uuid(), snapshot: undefined, applied: 0, attempt: undefined });
    return this.finish();
  }

  /** What the source says it changed, as far as it could be asked. */
  #changes(original: BlobImage) {
    const { anchor } = this.#plan;
    if (this.#kind !== 'incremental' || anchor === undefined) return undefined;
    return (within: { start: number; end: number }) => original.changedSince(anchor, within, { signal: this.#tools.signal });
  }

  #proofLevel(transfer: Transfer): ProofLevel {
    const wanted = this.#request.proof ?? (transfer === 'server' ? 'sample' : 'changed');
    if (this.#kind !== 'rebase') return wanted;
    // Without the source's word on what changed, at least everything touched is read; without the backup's word, everything.
    if (this.#plan.base === undefined) return 'full';
    return wanted === 'full' ? 'full' : 'changed';
  }

  #entry(parts: {
    id: SnapshotId;
    length: number;
    snapshot: SnapshotId;
    proof: Proof;
    transferred: number;
    transfer: Transfer;
    written: number;
    cleared: number;
  }): CatalogueEntry {
    const { id, length, snapshot, ...sizes } = parts;
    const { source, backup } = this.#request;
    const { record, own } = this.#hold.journal;
    const { pbb_chain: chain = record.run } = own;
    return {
      format: 1,
      number: this.#plan.parent + 1,
      kind: this.#kind,
      parent: this.#tip?.number ?? null,
      chain,
      run: record.run,
      backup: { url: backup.url, snapshot },
      source: { url: source.url, snapshot: id, createdOn: this.#plan.source.createdOn ?? null, length },
      ...sizes,
      startedOn: record.startedOn,
      committedOn: timeText(this.#tools.world),
    };
  }

  /** After the commit nothing may turn the run into a failure, neither a signal nor a service that does not answer. */
  async #cleanUp(step: () => Promise<void>): Promise<void> {
    const { emit } = this.#tools;
    emit({ type: 'phase', phase: 'cleaning', text: 'Tidying up.' });
    for (const each of [step, () => this.#hold.journal.close()]) {
      try {
        await each();
      } catch (error) {
        if (!isBackupError(error)) throw error;
        emit({ type: 'warning', code: 'notTidied', text: `The run is done, but not all was tidied up: ${error.message}` });
      }
    }
  }

  #toolsAfterCommit(): Tools {
    return { ...this.#tools, signal: undefined };
  }

  #result(entry: CatalogueEntry, run: { kind: BackupResult['kind']; transferred: number; resumed: boolean }): BackupResult {
    return {
      job: 'backup',
      ...run,
      reason: this.#reason,
      number: entry.number,
      recoveryPoint: entry.backup.snapshot,
      sourceSnapshot: entry.source.snapshot,
      length: entry.source.length,
      written: entry.written,
      cleared: entry.cleared,
      transfer: entry.transfer,
      proof: entry.proof,
    };
  }
}

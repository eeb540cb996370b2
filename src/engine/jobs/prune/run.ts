import { Catalogue } from '../../chain/catalogue.ts';
import type { CatalogueEntry } from '../../chain/entry.ts';
import { readOpenRun } from '../../chain/openRun.ts';
import { isBackupError, type BackupError, type ErrorCode } from '../../errors.ts';
import { runEvents, type Emit, type RunEvent } from '../../events.ts';
import { WriteGuard } from '../../hold/writeGuard.ts';
import type { SnapshotId } from '../../pageBlob.ts';
import { policyText } from '../../retention/policy.ts';
import { timeText, toolsFor, type JobOptions, type Tools } from '../../tools.ts';
import { propertiesIfThere } from '../propertiesIfThere.ts';
import { choose, type Choice } from './choose.ts';
import type { PrunePlan, PruneRequest } from './plan.ts';
import { refuse } from './refusals.ts';

export interface PruneResult {
  readonly job: 'prune';
  /** Points whose snapshots are gone now, oldest first. */
  readonly deleted: readonly { readonly number: number; readonly recoveryPoint: SnapshotId }[];
  /** Points that should have gone and are still there, whole and restorable. */
  readonly refused: readonly { readonly number: number; readonly recoveryPoint: SnapshotId; readonly error: BackupError }[];
  /** Points that stay, refused ones among them. */
  readonly kept: number;
}

/** So many at once, after a first one on its own that shows whether snapshots may be deleted at all. */
const AT_ONCE = 16;

/** The service will not delete this one, but perhaps the next. */
const ONE_BY_ONE: readonly ErrorCode[] = ['immutable'];

/**
 * Runs a prune. For each point the catalogue gets a record first, so that nobody restores what may be half gone; then its snapshot is deleted, by the
 * recorded id and nothing else. Stopped or cut off anywhere, the next prune finishes what has its record.
 * @param plan only points that it deletes, and that are still not kept by the policy, go
 */
export function runPrune(plan: PrunePlan, request: PruneRequest, options: JobOptions): AsyncIterable<RunEvent<PruneResult>> {
  return runEvents((emit) => pruneJob(plan, request, options, emit));
}

async function pruneJob(plan: PrunePlan, request: PruneRequest, options: JobOptions, emit: Emit): Promise<PruneResult> {
  const tools = toolsFor(options, emit);
  for (const text of plan.warnings) emit({ type: 'warning', code: 'plan', text });
  const planned = new Set(plan.points.filter(({ action }) => action === 'delete').map(({ number }) => number));
  if (planned.size === 0) return { job: 'prune', deleted: [], refused: [], kept: plan.points.length };
  emit({ type: 'phase', phase: 'preparing', text: 'Looking at the recovery points.' });
  const guard = await takeLease(request, tools);
  try {
    const choice = await choose(request, tools);
    const chosen = choice.chosen.filter(({ number }) => planned.has(number));
    return await new Prune(request, choice, guard, tools).delete(chosen);
  } finally {
    await guard?.release();
  }
}

/**
 * The lease of the backup blob; undefined where an interrupted run waits there. That one needs its own lease untouched to prove that it may go on
 * from where it stopped, and its point's base is the newest one, which stays.
 * @throws busy
 */
async function takeLease({ backup }: PruneRequest, { world, retrier, signal }: Tools): Promise<WriteGuard | undefined> {
  const properties = await retrier.repeat('properties', () => propertiesIfThere(backup, signal), signal);
  if (!properties) return undefined;
  const open = readOpenRun(properties.metadata);
  if (properties.lease === 'leased' && !open?.paused) throw refuse.busy(backup.url);
  if (open && (properties.lease === 'expired' || open.paused)) return undefined;
  return WriteGuard.take(backup, world, retrier, signal);
}

class Prune {
  readonly #request: PruneRequest;
  readonly #choice: Choice;
  readonly #guard: WriteGuard | undefined;
  readonly #tools: Tools;
  readonly #catalogue: Catalogue;
  readonly #run: string;
  readonly #deleted: { number: number; recoveryPoint: SnapshotId }[] = [];
  readonly #refused: { number: number; recoveryPoint: SnapshotId; error: BackupError }[] = [];

  constructor(request: PruneRequest, choice: Choice, guard: WriteGuard | undefined, tools: Tools) {
    this.#request = request;
    this.#choice = choice;
    this.#guard = guard;
    this.#tools = tools;
    this.#catalogue = new Catalogue(request.catalogue, tools.retrier);
    this.#run = tools.world.uuid();
  }

  async delete(chosen: readonly CatalogueEntry[]): Promise<PruneResult> {
    const { emit } = this.#tools;
    emit({ type: 'phase', phase: 'cleaning', text: 'Deleting recovery points that the policy does not keep.' });
    for (let from = 0, to = 1; from < chosen.length; from = to, to += AT_ONCE) {
      if (this.#refused.some(({ error }) => !ONE_BY_ONE.includes(error.code))) break;
      await this.#batch(chosen.slice(from, to));
    }
    const byNumber = (a: { number: number }, b: { number: number }): number => a.number - b.number;
    return {
      job: 'prune',
      deleted: this.#deleted.sort(byNumber),
      refused: this.#refused.sort(byNumber),
      kept: this.#choice.points.length - this.#deleted.length,
    };
  }

  async #batch(entries: readonly CatalogueEntry[]): Promise<void> {
    const { signal } = this.#tools;
    await this.#guard?.keep(signal);
    await settleAll(entries.map((entry) => this.#record(entry)));
    // Whoever has put a hold on a point meanwhile was first.
    const { held } = await this.#catalogue.index(signal);
    await settleAll(entries.filter(({ number }) => !held.has(number)).map((entry) => this.#delete(entry)));
  }

  async #record({ number, backup: { snapshot } }: CatalogueEntry): Promise<void> {
    const { world, signal } = this.#tools;
    const reasons = this.#choice.points.find((point) => point.number === number)?.reasons ?? [];
    const policy = policyText(this.#request.policy);
    const evidence = { format: 1, number, recoveryPoint: snapshot, policy, reasons, run: this.#run, prunedOn: timeText(world) };
    await this.#catalogue.addNote(number, 'pruned', this.#run, evidence, signal);
  }

  async #delete({ number, backup: { snapshot: recoveryPoint } }: CatalogueEntry): Promise<void> {
    const { retrier, signal } = this.#tools;
    const { backup } = this.#request;
    const fence = this.#guard && { leaseId: this.#guard.leaseId };
    try {
      await retrier.repeat('deleting a snapshot', () => backup.deleteSnapshot(recoveryPoint, { fence, signal }), signal);
    } catch (error) {
      if (!isBackupError(error)) throw error;
      if (error.code !== 'snapshotNotFound' && error.code !== 'blobNotFound') {
        // Where nobody knows whether it took effect the record stays, and the next prune finds out.
        if (error.effect === 'unknown' || error.code === 'cancelled') throw error;
        await this.#withdraw(number);
        this.#refused.push({ number, recoveryPoint, error });
        return;
      }
    }
    this.#deleted.push({ number, recoveryPoint });
  }

  /** The service will not delete it, so it stays a point that can be restored. */
  async #withdraw(number: number): Promise<void> {
    const { world } = this.#tools;
    for (const run of [...(this.#choice.index.pruned.get(number) ?? []), this.#run]) {
      const evidence = { format: 1, number, run, withdrawnOn: timeText(world) };
      await this.#catalogue.addNote(number, 'withdrawn', run, evidence);
    }
  }
}

/** Waits for all of them, so that nothing is under way afterwards. @throws the first error */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason;
}

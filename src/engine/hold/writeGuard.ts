import { BackupError, isBackupError } from '../errors.ts';
import type { BlobProperties, Fence, PageBlob } from '../pageBlob.ts';
import type { World } from '../world.ts';
import type { Retrier } from '../transfer/retrier.ts';
import { together } from '../transfer/together.ts';

export const LEASE_SECONDS = 60;
const RENEW_AFTER_MS = 20_000;
/** Past this without a good answer the lease may be gone before the next write arrives. */
const UNSURE_AFTER_MS = 45_000;
const RENEW_AGAIN_AFTER_MS = 5_000;

/**
 * A run's hold on a blob it writes: a lease with a random id, and an epoch (the blob's sequence number) that every page write names. Raising the
 * epoch makes a write that may still be under way somewhere fail when it arrives. Both are for progress and cost; what makes a recovery point
 * right is the proof of its snapshot.
 */
export class WriteGuard {
  readonly blob: PageBlob;
  /** The blob as it was when the lease had been got: nobody without it has changed it since. */
  readonly found: BlobProperties;
  readonly #world: World;
  readonly #retrier: Retrier;
  #leaseId: string;
  #epoch: number;
  #renewedAt: number;
  #renewing: Promise<void> | undefined;
  #triedAt = 0;
  #raising: Promise<void> | undefined;

  private constructor(blob: PageBlob, leaseId: string, found: BlobProperties, renewedAt: number, world: World, retrier: Retrier) {
    this.blob = blob;
    this.#leaseId = leaseId;
    this.found = found;
    this.#epoch = found.sequenceNumber;
    this.#renewedAt = renewedAt;
    this.#world = world;
    this.#retrier = retrier;
  }

  get leaseId(): string {
    return this.#leaseId;
  }

  /**
   * Leases the blob and raises its epoch. A request for a lease may arrive once more long after that lease has run out and others have written, and
   * its id would then prove nothing to `takeOver`: so the id that records may name is another one, which no request can acquire.
   * @throws busy when somebody else holds it
   */
  static async take(blob: PageBlob, world: World, retrier: Retrier, signal?: AbortSignal): Promise<WriteGuard> {
    const [first, leaseId] = [world.uuid(), world.uuid()];
    try {
      // The same id again is no error.
      await retrier.repeat('lease', () => blob.acquireLease(first, LEASE_SECONDS, { signal }), signal);
      return await WriteGuard.#begin(blob, first, leaseId, world, retrier, signal);
    } catch (error) {
      // Stopped before a record says so: without its lease the next run need not wait for a minute.
      if (!isBackupError(error, 'busy')) {
        await blob
          .releaseLease(leaseId)
          .catch(() => blob.releaseLease(first))
          .catch(() => undefined);
      }
      throw error;
    }
  }

  /**
   * Takes over the lease of an interrupted run. Success proves that nobody touched the blob since that run's last write: an expired lease can be
   * renewed only then, and a lease that still runs kept others out (REST: Lease Blob). Undefined where that cannot be proven.
   */
  static async takeOver(
    blob: PageBlob,
    oldLeaseId: string,
    world: World,
    retrier: Retrier,
    signal?: AbortSignal,
  ): Promise<WriteGuard | undefined> {
    const leaseId = world.uuid();
    try {
      await retrier.repeat('lease', () => blob.renewLease(oldLeaseId, { signal }), signal);
      return await WriteGuard.#begin(blob, oldLeaseId, leaseId, world, retrier, signal);
    } catch (error) {
      // The record on the blob still names the old lease: with it the next run can prove as much as this one.
      await blob.changeLease(leaseId, oldLeaseId).catch(() => undefined);
      if (isBackupError(error, 'leaseLost', 'busy')) return undefined;
      throw error;
    }
  }

  /** Changes the id of a lease that runs, and looks at the blob meanwhile. */
  static async #begin(
    blob: PageBlob,
    oldLeaseId: string,
    leaseId: string,
    world: World,
    retrier: Retrier,
    signal?: AbortSignal,
  ): Promise<WriteGuard> {
    const renewedAt = world.now();
    const [, found] = await together([
      retrier.repeat('lease', () => changeLease(blob, oldLeaseId, leaseId, signal), signal),
      retrier.repeat('properties', () => blob.image().properties({ signal }), signal),
    ]);
    const guard = new WriteGuard(blob, leaseId, found, renewedAt, world, retrier);
    await guard.raiseEpoch(found.sequenceNumber, signal);
    return guard;
  }

  /**
   * Sends one write until it certainly took effect. The write must be the same in effect when it happens twice. After an answer that leaves the
   * effect unknown the epoch is raised first, so that the lost request cannot arrive after its successor.
   * @param bytes that are written, for the pace; 0 for a clear
   * @throws leaseLost, busy when another run took the blob over; whatever else cannot be mended by waiting
   */
  async write(what: string, send: (fence: Required<Fence>) => Promise<void>, signal?: AbortSignal, bytes = 0): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const turn = await this.#retrier.turn(this.blob.limited, bytes, signal);
      await this.keep(signal);
      const epoch = this.#epoch;
      try {
        await turn(() => send({ leaseId: this.leaseId, epoch }));
        return this.#retrier.earn();
      } catch (error) {
        if (isBackupError(error, 'epochMoved')) {
          await this.#raising;
          if (epoch < this.#epoch) continue;
          throw takenOver(error);
        }
        await this.#retrier.pause(what, attempt, error, signal);
        if (isBackupError(error) && error.effect === 'unknown') await this.raiseEpoch(epoch, signal);
      }
    }
  }

  /** Repeats a change that names the lease only and may safely happen twice (metadata, length). */
  async change(what: string, send: (fence: Fence) => Promise<void>, signal?: AbortSignal): Promise<void> {
    await this.keep(signal);
    await this.#retrier.repeat(what, () => send({ leaseId: this.leaseId }), signal);
  }

  /** From now on no write that was sent before has an effect. */
  async nextEpoch(signal?: AbortSignal): Promise<void> {
    await this.raiseEpoch(this.#epoch, signal);
  }

  /** From now on no change that was sent before, and names the lease only, has an effect. The next record names the new id. Does not heed the run's signal. */
  async changeId(): Promise<void> {
    const next = this.#world.uuid();
    await this.#retrier.repeat('lease', () => changeLease(this.blob, this.#leaseId, next));
    this.#leaseId = next;
  }

  /** Raises the epoch above `seen`, unless that has been done meanwhile. */
  async raiseEpoch(seen: number, signal?: AbortSignal): Promise<void> {
    while (this.#epoch <= seen) {
      this.#raising ??= this.#raise(signal).finally(() => {
        this.#raising = undefined;
      });
      await this.#raising;
    }
  }

  async #raise(signal?: AbortSignal): Promise<void> {
    const next = this.#epoch + 1;
    await this.#retrier.repeat('epoch', () => this.blob.raiseEpoch(next, { fence: { leaseId: this.leaseId }, signal }), signal);
    this.#epoch = next;
  }

  /**
   * Renews the lease when it is due. Called before every request of a run, so that no timer is needed and a machine that slept finds out at its
   * first step. A renewal that was not heard is tried again; only a refusal, or too long a silence, is a loss.
   * @throws leaseLost
   */
  async keep(signal?: AbortSignal): Promise<void> {
    const now = this.#world.now();
    if (now - this.#renewedAt < RENEW_AFTER_MS) return;
    const silent = now - this.#renewedAt >= UNSURE_AFTER_MS;
    if (!silent && now - this.#triedAt < RENEW_AGAIN_AFTER_MS) return;
    this.#renewing ??= this.#renew(signal).finally(() => {
      this.#renewing = undefined;
    });
    await this.#renewing;
  }

  async #renew(signal?: AbortSignal): Promise<void> {
    this.#triedAt = this.#world.now();
    const silent = this.#triedAt - this.#renewedAt >= UNSURE_AFTER_MS;
    const renew = () => this.blob.renewLease(this.leaseId, { signal });
    try {
      // While the lease surely runs one try will do: the next request tries again. After a long silence nothing may be sent before an answer.
      await (silent ? this.#retrier.repeat('lease', renew, signal) : renew());
      this.#renewedAt = this.#triedAt;
    } catch (error) {
      if (!silent && isBackupError(error) && error.retryable) return;
      throw error;
    }
  }

  /** Gives the lease back; that it is gone already, or that nobody answers, harms nothing: it runs out by itself. */
  async release(): Promise<void> {
    try {
      await this.#retrier.repeat('lease', () => this.blob.releaseLease(this.leaseId));
    } catch (error) {
      if (!isBackupError(error)) throw error;
    }
  }
}

/** Change Lease whose lost answer is looked up: when the new id already holds, the change has happened. */
async function changeLease(blob: PageBlob, from: string, to: string, signal?: AbortSignal): Promise<void> {
  try {
    await blob.changeLease(from, to, { signal });
  } catch (error) {
    if (!isBackupError(error, 'leaseLost')) throw error;
    await blob.renewLease(to, { signal });
  }
}

function takenOver(cause: unknown): BackupError {
  return new BackupError('busy', 'Another run has taken over this blob.', {
    unharmed: 'No recovery point was changed.',
    hint: 'Try again when it is done.',
    cause,
  });
}

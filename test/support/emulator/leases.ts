import { randomUUID } from 'node:crypto';

import { invalidHeader, StorageError } from './errors.ts';

export type LeaseState = 'available' | 'leased' | 'expired' | 'breaking' | 'broken';

/** The lease of one blob, by the tables of the service's "Lease Blob" page. Times are milliseconds of the server's clock. */
export class Lease {
  #id: string | undefined;
  /** Milliseconds; Infinity for an infinite lease. */
  #duration = 0;
  #endsAt = 0;
  #breaking = false;

  state(now: number): LeaseState {
    if (this.#id === undefined) return 'available';
    if (now < this.#endsAt) return this.#breaking ? 'breaking' : 'leased';
    return this.#breaking ? 'broken' : 'expired';
  }

  get infinite(): boolean {
    return this.#duration === Infinity;
  }

  /** @param duration milliseconds, Infinity for ever */
  acquire(now: number, duration: number, proposed: string | undefined): string {
    const state = this.state(now);
    const same = proposed !== undefined && proposed === this.#id;
    if (state === 'breaking') throw new StorageError(same ? 'LeaseIsBreakingAndCannotBeAcquired' : 'LeaseAlreadyPresent');
    if (state === 'leased' && !same) throw new StorageError('LeaseAlreadyPresent');
    this.#hold(now, proposed ?? randomUUID(), duration);
    return this.#id!;
  }

  /** An expired lease can be renewed as long as nobody has changed or leased the blob since. */
  renew(now: number, id: string): string {
    const state = this.#match(now, id);
    if (state === 'breaking' || state === 'broken') throw new StorageError('LeaseIsBrokenAndCannotBeRenewed');
    this.#hold(now, id, this.#duration);
    return id;
  }

  change(now: number, id: string, proposed: string): string {
    const state = this.state(now);
    if (state === 'available' || state === 'expired' || state === 'broken') throw new StorageError('LeaseNotPresentWithLeaseOperation');
    // The proposed id as the present one: the repetition of a change whose answer was lost.
    if (id !== this.#id && proposed !== this.#id) throw new StorageError('LeaseIdMismatchWithLeaseOperation');
    if (state === 'breaking') throw new StorageError('LeaseIsBreakingAndCannotBeChanged');
    this.#id = proposed;
    return proposed;
  }

  release(now: number, id: string): void {
    this.#match(now, id);
    this.#id = undefined;
  }

  /** @returns seconds until the lease is broken */
  break(now: number, period: number | undefined): number {
    const state = this.state(now);
    if (state === 'available') throw new StorageError('LeaseNotPresentWithLeaseOperation');
    const rest = Math.max(0, this.#endsAt - now);
    if (state === 'leased') {
      this.#endsAt = now + Math.min(rest, period ?? (this.infinite ? 0 : rest));
    } else if (state === 'breaking' && period !== undefined) {
      this.#endsAt = now + Math.min(rest, period);
    }
    this.#breaking = true;
    return Math.ceil(Math.max(0, this.#endsAt - now) / 1000);
  }

  /** An operation that changes the blob: an active lease must be named. */
  checkWrite(now: number, id: string | undefined): void {
    if (id !== undefined) return this.checkRead(now, id);
    if (this.#active(now)) throw new StorageError('LeaseIdMissing');
  }

  /** An operation that only reads: a lease id that is given must be the active one. */
  checkRead(now: number, id: string | undefined): void {
    if (id === undefined) return;
    const state = this.state(now);
    if (state === 'available') throw new StorageError('LeaseNotPresentWithBlobOperation');
    if (id !== this.#id) throw new StorageError('LeaseIdMismatchWithBlobOperation');
    if (state === 'expired' || state === 'broken') throw new StorageError('LeaseLost');
  }

  /** The blob has been changed: an expired or broken lease is gone for good. */
  changed(now: number): void {
    if (!this.#active(now)) this.#id = undefined;
  }

  /** Answer headers. */
  headers(now: number): Record<string, string> {
    const state = this.state(now);
    const duration: Record<string, string> = state === 'leased' ? { 'x-ms-lease-duration': this.infinite ? 'infinite' : 'fixed' } : {};
    return { 'x-ms-lease-status': this.#active(now) ? 'locked' : 'unlocked', 'x-ms-lease-state': state, ...duration };
  }

  #active(now: number): boolean {
    const state = this.state(now);
    return state === 'leased' || state === 'breaking';
  }

  #match(now: number, id: string): LeaseState {
    const state = this.state(now);
    if (state === 'available') throw new StorageError('LeaseNotPresentWithLeaseOperation');
    if (id !== this.#id) throw new StorageError('LeaseIdMismatchWithLeaseOperation');
    return state;
  }

  #hold(now: number, id: string, duration: number): void {
    this.#id = id;
    this.#duration = duration;
    this.#endsAt = now + duration;
    this.#breaking = false;
  }
}

/** The service takes GUIDs with and without dashes and answers them with. */
export function leaseId(header: string, value: string | undefined): string {
  const digits = value?.replaceAll(/[-{}()]/g, '').toLowerCase() ?? '';
  if (!/^[0-9a-f]{32}$/.test(digits)) throw invalidHeader(header, value);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The lease id that the request names, if any. */
export function givenLeaseId(headers: Readonly<Record<string, string>>): string | undefined {
  const value = headers['x-ms-lease-id'];
  return value === undefined ? undefined : leaseId('x-ms-lease-id', value);
}

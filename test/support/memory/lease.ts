import type { BlobProperties } from '../../../src/engine/pageBlob.ts';
import { refusal } from './refusals.ts';

const INFINITE = -1;

/**
 * The lease of one blob, by the table of outcomes in REST, Lease Blob. Times are those of the service's clock, handed in with each call.
 */
export class Lease {
  private holder: { id: string; readonly seconds: number; expires: number; brokenAt: number | undefined } | undefined;

  /** True while writes need the id. */
  isActive(now: number): boolean {
    return this.holder !== undefined && now < Math.min(this.holder.expires, this.holder.brokenAt ?? Infinity);
  }

  state(now: number): Pick<BlobProperties, 'lease' | 'leaseDuration'> {
    if (this.holder === undefined) return { lease: 'available', leaseDuration: undefined };
    const { brokenAt, expires, seconds } = this.holder;
    if (brokenAt !== undefined) return { lease: now < brokenAt ? 'breaking' : 'broken', leaseDuration: undefined };
    if (now >= expires) return { lease: 'expired', leaseDuration: undefined };
    return { lease: 'leased', leaseDuration: seconds === INFINITE ? 'infinite' : 'fixed' };
  }

  acquire(id: string, seconds: number, now: number): void {
    if (seconds !== INFINITE && (seconds < 15 || seconds > 60)) throw refusal('badInput', 'A lease lasts 15 to 60 seconds.');
    const breaking = this.state(now).lease === 'breaking';
    if (this.isActive(now) && (breaking || this.holder?.id !== id)) throw refusal('busy', 'Another lease holds this blob.');
    this.holder = { id, seconds, expires: expiry(seconds, now), brokenAt: undefined };
  }

  /** Works on an expired lease too, as long as `touched` was not called since. */
  renew(id: string, now: number): void {
    if (this.holder === undefined || this.holder.id !== id || this.holder.brokenAt !== undefined) throw lost();
    this.holder.expires = expiry(this.holder.seconds, now);
  }

  /** Idempotent: a change whose answer was lost may be repeated. */
  change(id: string, proposedId: string, now: number): void {
    const holder = this.holder;
    if (holder === undefined || !this.isActive(now) || holder.brokenAt !== undefined) throw lost();
    if (holder.id !== id && holder.id !== proposedId) throw lost();
    holder.id = proposedId;
  }

  release(id: string): void {
    if (this.holder === undefined || this.holder.id !== id) throw lost();
    this.holder = undefined;
  }

  /** Ends the lease after `seconds`, whoever holds it. */
  break(seconds: number, now: number): void {
    if (this.holder === undefined) throw refusal('conditionNotMet', 'There is no lease on this blob.');
    if (this.isActive(now)) this.holder.brokenAt = Math.min(now + seconds * 1000, this.holder.expires);
    else this.holder.brokenAt ??= now;
  }

  /** Refuses a write that does not name the lease that holds. */
  check(id: string | undefined, now: number): void {
    const active = this.isActive(now);
    if (id === undefined && active) throw refusal('leaseHeld', 'A lease holds this blob, and the request named none.');
    if (id !== undefined && (!active || this.holder?.id !== id)) throw lost();
  }

  /** The blob was changed: a lease that is over cannot be renewed any more. */
  touched(now: number): void {
    if (!this.isActive(now)) this.holder = undefined;
  }
}

function expiry(seconds: number, now: number): number {
  return seconds === INFINITE ? Infinity : now + seconds * 1000;
}

function lost(): Error {
  return refusal('leaseLost', 'The named lease is not on this blob any more.');
}

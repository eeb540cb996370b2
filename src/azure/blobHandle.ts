import type { PageBlobClient } from '@azure/storage-blob';
import type { Fence, Limited } from '../engine/pageBlob.ts';
import { formatAddress, type BlobAddress } from './blobAddress.ts';
import type { AccountClient, Call } from './client.ts';

/** A blob or snapshot together with the door to its account. Lives in private fields only. */
export class BlobHandle {
  readonly address: BlobAddress;
  readonly account: AccountClient;
  #client: Promise<PageBlobClient> | undefined;

  constructor(address: BlobAddress, account: AccountClient) {
    this.address = address;
    this.account = account;
  }

  /** URL without SAS. */
  get url(): string {
    return formatAddress(this.address);
  }

  /** Account and blob, which the service limits. */
  get limited(): Limited {
    return { account: this.address.endpoint, blob: formatAddress({ ...this.address, snapshot: undefined }) };
  }

  /** The same blob's base (no argument) or one of its snapshots. */
  at(snapshot?: string): BlobHandle {
    return snapshot === this.address.snapshot ? this : new BlobHandle({ ...this.address, snapshot }, this.account);
  }

  /** One request to this blob, with deadline, and failures as `BackupError`. */
  call<T>(call: Omit<Call, 'target'>, send: (client: PageBlobClient, signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.account.call({ ...call, target: this.address }, async (signal) => send(await this.#clientOf(), signal));
  }

  #clientOf(): Promise<PageBlobClient> {
    this.#client ??= this.account.pageBlob(this.address).catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }
}

/** The SDK's form of a fence: lease for every write, sequence number for page writes. */
export function conditionsOf(fence: Fence | undefined): { leaseId?: string; ifSequenceNumberEqualTo?: number } {
  return { ...leaseOf(fence), ...(fence?.epoch === undefined ? {} : { ifSequenceNumberEqualTo: fence.epoch }) };
}

/** The lease part alone. */
export function leaseOf(fence: Fence | undefined): { leaseId?: string } {
  return fence?.leaseId === undefined ? {} : { leaseId: fence.leaseId };
}

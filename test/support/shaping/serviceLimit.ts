/** What a service allows in a second. */
export interface Allowance {
  readonly bytes: number;
  readonly requests: number;
}

export interface ServiceLimits {
  readonly blob: Allowance;
  readonly account: Allowance;
  /** Milliseconds of the allowance that may be used at once after a rest. */
  readonly burstMs: number;
  /** `bucket`: the allowance flows all the time. `window`: it is given anew at each full second. */
  readonly kind: 'bucket' | 'window';
}

/** Microsoft's targets for one standard page blob; the account's is far away (Azure: scalability targets for blob storage). */
export const PAGE_BLOB_LIMITS: ServiceLimits = {
  blob: { bytes: 60 * 1024 ** 2, requests: 500 },
  account: { bytes: 3 * 1024 ** 3, requests: 20_000 },
  burstMs: 100,
  kind: 'bucket',
};

const MAX_WRITE = 4 * 1024 ** 2;

/** Decides which requests a service takes and which it refuses as ServerBusy. Pure: time comes in, in milliseconds. */
export class ServiceLimit {
  readonly #limits: ServiceLimits;
  readonly #blobs = new Map<string, Bucket>();
  readonly #accounts = new Map<string, Bucket>();
  taken = 0;
  refused = 0;

  constructor(limits: ServiceLimits) {
    this.#limits = limits;
  }

  /** @returns true where the service takes a request of so many bytes; a refused one uses up nothing */
  admit(now: number, account: string, blob: string, bytes: number): boolean {
    const both = [
      this.#bucket(this.#blobs, `${account} ${blob}`, this.#limits.blob),
      this.#bucket(this.#accounts, account, this.#limits.account),
    ];
    const fits = both.every((bucket) => bucket.has(now, bytes));
    if (fits) for (const bucket of both) bucket.take(bytes);
    if (fits) this.taken++;
    else this.refused++;
    return fits;
  }

  #bucket(map: Map<string, Bucket>, key: string, allowance: Allowance): Bucket {
    const bucket = map.get(key) ?? new Bucket(allowance, this.#limits);
    map.set(key, bucket);
    return bucket;
  }
}

class Bucket {
  readonly #allowance: Allowance;
  readonly #limits: ServiceLimits;
  #bytes: number;
  #requests: number;
  #at: number | undefined;

  constructor(allowance: Allowance, limits: ServiceLimits) {
    this.#allowance = allowance;
    this.#limits = limits;
    this.#bytes = this.#most.bytes;
    this.#requests = this.#most.requests;
  }

  has(now: number, bytes: number): boolean {
    const from = this.#at ?? now;
    this.#at = now;
    if (this.#limits.kind === 'window') {
      if (Math.floor(now / 1000) !== Math.floor(from / 1000)) ({ bytes: this.#bytes, requests: this.#requests } = this.#allowance);
    } else {
      this.#bytes = Math.min(this.#most.bytes, this.#bytes + (this.#allowance.bytes * (now - from)) / 1000);
      this.#requests = Math.min(this.#most.requests, this.#requests + (this.#allowance.requests * (now - from)) / 1000);
    }
    return this.#bytes >= bytes && this.#requests >= 1;
  }

  take(bytes: number): void {
    this.#bytes -= bytes;
    this.#requests--;
  }

  /** At least one request of the largest size always fits. */
  get #most(): Allowance {
    const { bytes, requests } = this.#allowance;
    const seconds = this.#limits.kind === 'window' ? 1 : this.#limits.burstMs / 1000;
    return { bytes: Math.max(MAX_WRITE, bytes * seconds), requests: Math.max(1, requests * seconds) };
  }
}

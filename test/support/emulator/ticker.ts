/** .NET ticks (100 ns since the year 1) at the Unix epoch: ETags are made of them. */
const EPOCH_TICKS = 621_355_968_000_000_000n;

/**
 * Time as the service shows it. Snapshot ids and ETags come from one strictly growing count of 100 ns ticks, so they are unique and in order even
 * if the clock stands still.
 */
export class Ticker {
  readonly #clock: () => number;
  #last = 0n;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Milliseconds. */
  now(): number {
    return this.#clock();
  }

  /** Quoted, e.g. "0x8DB03E4B103E2D0". */
  etag(): string {
    return `"0x${(this.#tick() + EPOCH_TICKS).toString(16).toUpperCase()}"`;
  }

  /** Seven digits, e.g. 2023-01-31T23:41:36.2822442Z. */
  snapshotId(): string {
    const ticks = this.#tick();
    const seconds = new Date(Number(ticks / 10_000n)).toISOString().slice(0, 19);
    return `${seconds}.${(ticks % 10_000_000n).toString().padStart(7, '0')}Z`;
  }

  #tick(): bigint {
    const now = BigInt(Math.floor(this.#clock())) * 10_000n;
    this.#last = now > this.#last ? now : this.#last + 1n;
    return this.#last;
  }
}

/** RFC 1123, whole seconds. */
export function httpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}

/** To the second, as in SAS and delegation keys. */
export function isoSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

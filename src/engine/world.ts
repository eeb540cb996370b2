/** What the engine is handed in place of a clock and a source of randomness, so that tests can drive both. */
export interface World {
  /** Milliseconds of the wall clock. */
  now(): number;
  /** Resolves after `ms`; throws `cancelled` when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** A random UUID. */
  uuid(): string;
}

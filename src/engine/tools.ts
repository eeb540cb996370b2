import type { Emit } from './events.ts';
import { DEFAULT_LIMITS, type Limits } from './transfer/concurrency.ts';
import type { Limiter } from './transfer/limiter/limiter.ts';
import { DEFAULT_RETRY, Retrier, type RetryPolicy } from './transfer/retrier.ts';
import type { World } from './world.ts';

/** What every job is given besides its request. */
export interface JobOptions {
  readonly world: World;
  /** Aborting it stops the job in order: what is under way settles, the run can be resumed. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Limits;
  readonly retry?: RetryPolicy;
  /** The process's one limiter; without it requests are sent as soon as they can be. */
  readonly limiter?: Limiter | undefined;
}

/** The same, made ready for the inside of a job. */
export interface Tools {
  readonly world: World;
  readonly signal: AbortSignal | undefined;
  readonly limits: Limits;
  readonly retrier: Retrier;
  readonly emit: Emit;
}

export function toolsFor(options: JobOptions, emit: Emit = () => undefined): Tools {
  const { world, signal, limits = DEFAULT_LIMITS, retry = DEFAULT_RETRY, limiter } = options;
  return { world, signal, limits, emit, retrier: new Retrier(world, emit, retry, limiter) };
}

/** ISO 8601 for people; order never rests on it. */
export function timeText(world: World): string {
  return new Date(world.now()).toISOString();
}

import { cancelledError } from '../../../src/engine/errors.ts';
import type { World } from '../../../src/engine/world.ts';
import { seededRandom, seededUuid } from './seededRandom.ts';

/** Sleepers woken in one turn of the event loop. */
const WAKES = 32;

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
  readonly fail: (error: Error) => void;
}

export interface VirtualWorldOptions {
  readonly seed?: number;
  /** Milliseconds of the wall clock at the start. */
  readonly start?: number;
  /** Virtual milliseconds after which every sleeper fails: finds loops that would never end. Default 60 days. */
  readonly limit?: number;
}

/**
 * A world whose time passes only when nothing else can run. Sleepers wake one by one, in the order they are due (first come first served when
 * equal), each only after everything that the one before set off has come to rest. So a run that awaits nothing but this world and the memory
 * service is deterministic: real timers, files, sockets and thread-pool work (crypto.subtle) in it are not.
 */
export class VirtualWorld implements World {
  readonly seed: number;
  private clock: number;
  private readonly end: number;
  private readonly draw: () => number;
  private readonly sleepers: Sleeper[] = [];
  /** Macrotasks asked for and not yet run. */
  private armed = 0;
  private readonly cancels = new WeakMap<AbortSignal, Set<() => void>>();

  constructor(options: VirtualWorldOptions = {}) {
    this.seed = options.seed ?? 1;
    this.clock = options.start ?? Date.UTC(2026, 0, 1);
    this.end = this.clock + (options.limit ?? 60 * 24 * 3600 * 1000);
    this.draw = seededRandom(this.seed);
  }

  now(): number {
    return this.clock;
  }

  random(): number {
    return this.draw();
  }

  uuid(): string {
    return seededUuid(this.draw);
  }

  /** A whole number in [0, below). */
  pick(below: number): number {
    return Math.floor(this.draw() * below);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(cancelledError(signal));
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        const at = this.sleepers.indexOf(sleeper);
        if (at >= 0) this.sleepers.splice(at, 1);
        reject(cancelledError(signal));
      };
      const settle = (then: () => void): void => {
        if (signal) this.cancelsOf(signal).delete(cancel);
        then();
      };
      const sleeper: Sleeper = {
        due: this.clock + Math.max(0, ms),
        wake: () => settle(resolve),
        fail: (error) => settle(() => reject(error)),
      };
      if (signal) this.cancelsOf(signal).add(cancel);
      this.enqueue(sleeper);
    });
  }

  /** What a signal ends: one listener of its own for each call is most of what a simulated call costs. */
  private cancelsOf(signal: AbortSignal): Set<() => void> {
    const known = this.cancels.get(signal);
    if (known) return known;
    const cancels = new Set<() => void>();
    this.cancels.set(signal, cancels);
    const cancelAll = (): void => {
      for (const cancel of cancels) cancel();
    };
    signal.addEventListener('abort', cancelAll, { once: true });
    return cancels;
  }

  /** The machine was asleep: the clock jumps, and what was due meanwhile wakes late. */
  jump(ms: number): void {
    this.clock += ms;
  }

  private enqueue(sleeper: Sleeper): void {
    let at = this.sleepers.length;
    while (at > 0 && (this.sleepers[at - 1] as Sleeper).due > sleeper.due) at--;
    this.sleepers.splice(at, 0, sleeper);
    this.arm();
  }

  /**
   * A macrotask runs only after all microtasks: by then everything that could run has run. Node runs the microtasks between any two of those that were
   * asked for together, so asking for many spares most turns of its event loop.
   */
  private arm(): void {
    if (this.armed > 0 || this.sleepers.length === 0) return;
    for (this.armed = 0; this.armed < WAKES; this.armed++) setImmediate(this.wakeOne);
  }

  private readonly wakeOne = (): void => {
    this.armed--;
    this.wakeNext();
    this.arm();
  };

  private wakeNext(): void {
    const next = this.sleepers.shift();
    if (next === undefined) return;
    this.clock = Math.max(this.clock, next.due);
    if (this.clock > this.end) next.fail(new Error(`Virtual time ran out (seed ${this.seed}): something sleeps for ever.`));
    else next.wake();
  }
}

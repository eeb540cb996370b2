import { cancelledError } from '../../errors.ts';
import type { World } from '../../world.ts';
import { Latency } from './latency.ts';
import { Pace } from './pace.ts';

/** Whoever shares a gate fairly with others: a run. */
export type Lane = object;

interface Waiter {
  readonly bytes: number;
  readonly go: () => void;
}

interface Queue {
  readonly waiting: Waiter[];
  /** Seconds of the gate's pace that this lane has had. */
  served: number;
}

/** What a gate starts with, in a second. */
export interface GateStart {
  readonly bytes: number;
  readonly requests: number;
}

/** So long is nothing sent after a service that took nothing at all any more and did not say how long to wait; doubled each time. */
const SHUT_MS = 250;
const LONGEST_SHUT_MS = 30_000;
/** So many waves of refusals without anything taken between them are answered by going slower. */
const MOST_WAVES = 3;
/** A pace with at least this load may be what a refusal was about. */
const LOADED = 0.7;

/** One thing that the service limits, a blob or an account: a pace of bytes, a pace of requests, and a queue that is fair between lanes. */
export class Gate {
  readonly bytes: Pace;
  readonly requests: Pace;
  readonly #world: World;
  readonly #latency = new Latency();
  readonly #queues = new Map<Lane, Queue>();
  #served = 0;
  #pumping = false;
  #shutUntil = -Infinity;
  /** Waves of refusals since something was taken. */
  #waves = 0;
  #loweredAt = -Infinity;
  #acceptedAt = -Infinity;
  lastUsed: number;

  constructor(world: World, start: GateStart) {
    this.#world = world;
    this.lastUsed = world.now();
    this.bytes = new Pace(start.bytes);
    this.requests = new Pace(start.requests);
  }

  /** Resolves when a request with so many bytes may be sent. @throws cancelled */
  async enter(lane: Lane, bytes: number, signal: AbortSignal | undefined): Promise<void> {
    if (!this.#pumping && this.#waitMs(this.#world.now()) <= 0) {
      this.#send(this.#queueOf(lane), bytes);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const { waiting } = this.#queueOf(lane);
      const cancel = () => {
        const at = waiting.indexOf(waiter);
        if (at >= 0) waiting.splice(at, 1);
        reject(cancelledError(signal));
      };
      const waiter = {
        bytes,
        go: () => {
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
      };
      signal?.addEventListener('abort', cancel, { once: true });
      waiting.push(waiter);
      if (!this.#pumping) void this.#pump();
    });
  }

  accepted(sentAt: number, bytes: number): void {
    const now = this.#world.now();
    this.#acceptedAt = Math.max(this.#acceptedAt, sentAt);
    this.bytes.accepted(now, bytes);
    this.requests.accepted(now, 1);
    if (this.#latency.rises(sentAt, now, bytes)) for (const pace of this.#blamed(now)) pace.slower(now);
  }

  /** Was the refusal of something sent just now about this gate, by what was sent through it? */
  isLoaded(now: number): boolean {
    return this.bytes.load(now) >= LOADED || this.requests.load(now) >= LOADED;
  }

  /** @param retryAfter milliseconds that the service asked to wait */
  refused(sentAt: number, bytes: number, retryAfter: number | undefined): void {
    const now = this.#world.now();
    const amountOf = (pace: Pace) => (pace === this.bytes ? bytes : 1);
    const blamed = this.#blamed(now);
    for (const pace of [this.bytes, this.requests]) pace.takeBack(sentAt, amountOf(pace));
    if (sentAt <= this.#loweredAt) {
      if (this.#waves <= MOST_WAVES) for (const pace of blamed) pace.further(amountOf(pace));
      return;
    }
    this.#waves = this.#acceptedAt > this.#loweredAt ? 1 : this.#waves + 1;
    this.#loweredAt = now;
    if (this.#waves > MOST_WAVES) {
      // Nothing at all is taken any more, however slowly it is sent: this is not about the pace.
      for (const pace of [this.bytes, this.requests]) pace.shut(now);
      this.#shutUntil = now + (retryAfter ?? Math.min(LONGEST_SHUT_MS, SHUT_MS * 2 ** (this.#waves - MOST_WAVES)));
    } else for (const pace of blamed) pace.lower(sentAt, now, amountOf(pace));
  }

  forgive(within: number): void {
    const now = this.#world.now();
    this.bytes.forgive(now, within);
    this.requests.forgive(now, within);
  }

  #blamed(now: number): Pace[] {
    const [bytes, requests] = [this.bytes.load(now), this.requests.load(now)];
    const most = Math.min(LOADED, Math.max(bytes, requests));
    return [...(bytes >= most ? [this.bytes] : []), ...(requests >= most ? [this.requests] : [])];
  }

  #queueOf(lane: Lane): Queue {
    const queue = this.#queues.get(lane) ?? { waiting: [], served: this.#served };
    this.#queues.set(lane, queue);
    return queue;
  }

  #waitMs(now: number): number {
    return Math.max(this.bytes.wait(now), this.requests.wait(now), this.#shutUntil - now);
  }

  #send(queue: Queue, bytes: number): void {
    const now = this.#world.now();
    // A lane that was away has nothing to catch up on.
    this.#served = Math.max(this.#served, queue.served);
    queue.served += Math.max(bytes / this.bytes.rate, 1 / this.requests.rate);
    this.bytes.sent(now, bytes);
    this.requests.sent(now, 1);
    this.lastUsed = now;
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let queue = this.#nextQueue(); queue; queue = this.#nextQueue()) {
      const wait = this.#waitMs(this.#world.now());
      if (wait > 0) {
        await this.#world.sleep(Math.ceil(wait));
        continue;
      }
      const waiter = queue.waiting.shift()!;
      this.#send(queue, waiter.bytes);
      waiter.go();
    }
    this.#pumping = false;
  }

  /** The lane that had least; lanes without anything to send are forgotten. */
  #nextQueue(): Queue | undefined {
    let least: Queue | undefined;
    for (const [lane, queue] of this.#queues) {
      if (queue.waiting.length === 0) {
        if (queue.served <= this.#served) this.#queues.delete(lane);
      } else if (!least || queue.served < least.served) least = queue;
    }
    return least;
  }
}

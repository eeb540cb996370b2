import { SentLog, SLOT_MS } from './sentLog.ts';

/** Until the first refusal the rate doubles in so many seconds of accepted work; after one that told no rate yet, more slowly. */
const DOUBLE_IN_S = 0.25;
const SEARCH_DOUBLE_IN_S = 2;
/** Part of the service's known rate that is gone at: so close below it refusals are rare, any lower and time is lost. */
const HOLD = 0.98;
/** Share of the known rate by which the pace is raised in a second, to find out whether the service takes more by now. */
const CREEP = 0.0015;
/** The same where few requests told that rate: divided by their number. */
const DOUBT = 0.1;
/** Above the known rate the raise itself grows by this part of what was gained, each second. */
const QUICKEN = 0.5;
/** What a refusal that tells no rate leaves of the pace: the first one, and later ones. */
const FIRST_CUT = 0.5;
const CUT = 0.75;
/** What the first refusal leaves of all that was taken until then, in a second. */
const OVERALL_CUT = 0.6;
/** The same for a pace that knows the service's rate. */
const KNOWN_CUT = 0.9;
/** Part of the first rate below which no pace goes. */
const LEAST = 1 / 200;
/** A burst of so many milliseconds makes up for timers that are late. */
const BURST_MS = 25;
/** Nothing sent for so long: the service's own allowance has filled up, so nothing measured across the pause tells its rate. */
const IDLE_MS = 1_000;
/** Unless the service had shut for about so long. */
const LONGEST_KNOWN_SHUT_MS = 1_000;
/** The shortest stretch between two refusals that tells the service's rate, and how many requests it must hold. */
const MEASURED_MS = 400;
const MEASURED_REQUESTS = 6;
/** The rate lies between what was taken on the whole and, where the allowance had filled up meanwhile, at the end: how far towards the end. */
const TOWARDS_END = 0.65;
/** After a refusal nothing is sent for so long, or the next piece would find the allowance used up as well. */
const REST_MS = 50;
/** A pace that held nothing back for so long has no reason to grow. */
const UNUSED_MS = 500;

/**
 * Finds how much of something (bytes, requests) a service takes in a second, and says when the next piece may be sent. Time comes in, in
 * milliseconds; rates are in a second.
 *
 * Two refusals tell the rate: at both moments the service's allowance was used up, so what it took between them is what it allows. From then on
 * the pace stays just below that and creeps up (additive increase); each wave of refusals takes it down once (multiplicative decrease).
 */
export class Pace {
  #rate: number;
  readonly #least: number;
  /** What the service is known to take; undefined until it was measured. */
  #ceiling: number | undefined;
  /** Requests that the ceiling was measured by. */
  #measuredBy = 1;
  /** The rate when something was taken for the last time. */
  #calm = 0;
  #shutAt = -Infinity;
  #next = -Infinity;
  #heldAt = -Infinity;
  readonly #log = new SentLog();
  #firstSentAt = 0;
  #lastSentAt = -Infinity;
  /** When the service's allowance was last known to be used up. */
  #emptyAt: number | undefined;
  #loweredAt = -Infinity;
  /** When the first refused piece of the last wave was sent. */
  #waveFrom = -Infinity;
  #before: { readonly rate: number; readonly ceiling: number | undefined; readonly at: number } | undefined;

  /** @param rate what is tried first */
  constructor(rate: number) {
    this.#rate = rate;
    this.#least = rate * LEAST;
  }

  /** What is sent in a second now. */
  get rate(): number {
    return this.#rate;
  }

  /** What the service was measured to take. */
  get ceiling(): number | undefined {
    return this.#ceiling;
  }

  /** Milliseconds until the next piece may be sent, 0 or less for now. Asked only where a piece waits. */
  wait(now: number): number {
    const wait = this.#next - now;
    if (wait > 0) this.#heldAt = now;
    return wait;
  }

  sent(now: number, amount: number): void {
    if (now - Math.max(this.#lastSentAt, this.#shutAt + LONGEST_KNOWN_SHUT_MS) > IDLE_MS) {
      this.#emptyAt = undefined;
      this.#firstSentAt = now;
    }
    this.#lastSentAt = now;
    this.#next = Math.max(this.#next, now - BURST_MS) + (amount / this.#rate) * 1000;
    this.#log.add(now, amount);
  }

  /** A piece was taken. The pace grows only while it is what holds pieces back. */
  accepted(now: number, amount: number): void {
    this.#calm = this.#rate;
    if (now - this.#heldAt > UNUSED_MS) return;
    const seconds = amount / this.#rate;
    const ceiling = this.#ceiling;
    if (ceiling === undefined) {
      this.#rate *= 2 ** (seconds / (this.#loweredAt === -Infinity ? DOUBLE_IN_S : SEARCH_DOUBLE_IN_S));
      return;
    }
    const hold = HOLD * ceiling;
    if (this.#rate < hold) this.#rate = Math.min(hold, this.#rate + ceiling * seconds);
    else {
      const doubt = DOUBT / this.#measuredBy;
      this.#rate += seconds * Math.max(ceiling * Math.max(CREEP, doubt), QUICKEN * (this.#rate - ceiling));
    }
  }

  /** A piece that was sent at `sentAt` is known not to have been taken. */
  takeBack(sentAt: number, amount: number): void {
    this.#log.takeBack(sentAt, amount);
  }

  /** Goes slower, since a piece that was sent at `sentAt` was refused; called after `takeBack`, for the first one of a wave. */
  lower(sentAt: number, now: number, amount: number): void {
    this.#remember(now);
    const measured = this.#measure(sentAt, amount);
    if (measured) {
      this.#ceiling = measured.rate;
      this.#measuredBy = measured.requests;
      this.#rate = Math.min(this.#rate, HOLD * this.#ceiling);
      this.#emptyAt = sentAt;
    } else if (this.#ceiling !== undefined) {
      this.#rate *= KNOWN_CUT;
      this.#ceiling *= HOLD;
    } else {
      this.#rate = this.#guess(sentAt, now);
    }
    this.#rate = Math.max(this.#rate, this.#least);
    this.#emptyAt ??= sentAt;
    this.#waveFrom = sentAt;
    this.#loweredAt = now;
    this.#next = Math.max(this.#next, now + REST_MS);
  }

  /** The service takes nothing at all for a while, so what was refused meanwhile said nothing about the pace. */
  shut(now: number): void {
    this.#shutAt = now;
    this.#rate = Math.max(this.#rate, FIRST_CUT * this.#calm);
  }

  /** Another one of the wave was refused: how many of it were taken tells a rate, while none is known. Called after `takeBack`. */
  further(amount: number): void {
    const span = this.#loweredAt - this.#waveFrom;
    if (this.#ceiling !== undefined || span < 2 * SLOT_MS) return;
    const most = ((this.#log.between(this.#waveFrom, this.#loweredAt).amount + amount) * 1000) / span;
    this.#rate = Math.min(this.#rate, Math.max(most, 0.5 * FIRST_CUT * (this.#before?.rate ?? 0)));
  }

  /** Answers take longer and longer: goes down to a little less than what was really taken. */
  slower(now: number): void {
    this.#remember(now);
    const taken = Math.max(CUT * this.#rate, Math.min(this.#rate, this.#log.between(now - 1000, now).amount));
    this.#rate = Math.max(taken * KNOWN_CUT, this.#least);
    this.#loweredAt = now;
  }

  /** Takes back a decrease of the last `within` milliseconds: something else was to blame. */
  forgive(now: number, within: number): void {
    if (!this.#before || now - this.#before.at > within) return;
    ({ rate: this.#rate, ceiling: this.#ceiling } = this.#before);
    this.#before = undefined;
  }

  /** Below what a refusal that tells no rate leaves possible. */
  #guess(sentAt: number, now: number): number {
    const rate = now - this.#heldAt <= UNUSED_MS ? this.#rate : Math.min(this.#rate, this.#recent(now));
    if (this.#loweredAt !== -Infinity) return rate * CUT;
    // What was taken since the start holds all that may be sent at once after a rest, so the service allows less.
    const span = Math.max(200, sentAt - this.#firstSentAt);
    const overall = (this.#log.between(this.#firstSentAt, sentAt).amount * 1000) / span;
    return Math.min(rate * FIRST_CUT, Math.max(rate * FIRST_CUT ** 2, overall * OVERALL_CUT));
  }

  /** What was taken between two moments at which the allowance was used up to within one piece: that is what the service allows. */
  #measure(sentAt: number, amount: number): { readonly rate: number; readonly requests: number } | undefined {
    if (this.#emptyAt === undefined) return undefined;
    const since = (from: number) => {
      const { amount: taken, requests } = this.#log.between(from, sentAt);
      return { rate: ((taken + amount / 2) * 1000) / (sentAt - from), requests };
    };
    if (sentAt - this.#emptyAt < MEASURED_MS) return undefined;
    const whole = since(this.#emptyAt);
    if (whole.requests < MEASURED_REQUESTS) return undefined;
    // Where the allowance had filled up meanwhile the whole says too little, and the end of it, which used that up, too much.
    const end = since(Math.max(this.#emptyAt, sentAt - this.#fewPieces(10)));
    const ratio = end.rate / whole.rate;
    if (ratio <= 1.02 + 1 / end.requests) return whole;
    return { ...end, rate: end.rate ** TOWARDS_END * whole.rate ** (1 - TOWARDS_END) };
  }

  /** How much of what this pace is known or thought to take was sent a moment ago; 1 is all of it. */
  load(now: number): number {
    return this.#recent(now) / (this.#ceiling ?? this.#rate);
  }

  /** What was sent in a second, a moment ago: over as long as a few pieces take. */
  #recent(now: number): number {
    const span = this.#fewPieces(6);
    return (this.#log.between(now - span, now).amount * 1000) / span;
  }

  /** Milliseconds that so many pieces take, within reason. */
  #fewPieces(pieces: number): number {
    return Math.max(200, Math.min(1500, (pieces * 1000 * this.#log.largest) / this.#rate));
  }

  #remember(now: number): void {
    this.#before = { rate: this.#rate, ceiling: this.#ceiling, at: now };
  }
}

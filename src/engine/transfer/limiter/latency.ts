/** Answers count as slow from three times the quickest on, and so many milliseconds more. */
const TIMES = 3;
const MARGIN_MS = 1500;
/** The quickest is forgotten by this part with each answer: lines change. */
const FORGET = 1.0005;
/** Weight of the newest answer in the running mean. */
const WEIGHT = 0.1;
/** Small and big requests are not compared with each other. */
const BIG = 1024 * 1024;

/** Notices that answers take longer and longer: the service, or the line to it, has more to do than it gets done. */
export class Latency {
  readonly #kinds = [new Kind(), new Kind()] as const;
  #toldAt = -Infinity;

  /** Takes in an answer. @returns true where there is reason to send less; once for what was under way at a time */
  rises(sentAt: number, now: number, bytes: number): boolean {
    const kind = this.#kinds[bytes < BIG ? 0 : 1];
    kind.add(now - sentAt);
    if (sentAt <= this.#toldAt || !kind.isSlow) return false;
    this.#toldAt = now;
    // Where that does not help, the slowness is not ours, and going down further and further would end in a standstill.
    kind.getUsedTo();
    return true;
  }
}

class Kind {
  #quickest = Infinity;
  #mean: number | undefined;

  add(ms: number): void {
    this.#quickest = Math.min(this.#quickest * FORGET, Math.max(1, ms));
    this.#mean = this.#mean === undefined ? ms : this.#mean + WEIGHT * (ms - this.#mean);
  }

  /** What it takes now counts as usual, until it is quicker again. */
  getUsedTo(): void {
    this.#quickest = Math.max(this.#quickest, (this.#mean ?? 0) / TIMES);
  }

  get isSlow(): boolean {
    return this.#mean !== undefined && this.#mean > TIMES * this.#quickest + MARGIN_MS;
  }
}

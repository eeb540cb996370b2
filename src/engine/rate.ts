/** How far back the pace is measured. */
const WINDOW_MS = 15_000;

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** Bytes a second over the last seconds. */
export class Rate {
  #samples: Sample[] = [];

  /** Takes note that `done` bytes are done now. */
  add(at: number, done: number): void {
    const last = this.#samples.at(-1);
    if (last && (done < last.done || at < last.at)) this.#samples = [];
    this.#samples.push({ at, done });
    while (this.#samples.length > 2 && at - this.#samples[1]!.at >= WINDOW_MS) this.#samples.shift();
    // Thin out: a sample for each 100 ms is enough.
    const before = this.#samples.at(-3);
    if (before && at - before.at < 100) this.#samples.splice(-2, 1);
  }

  /** Undefined until there is enough to go by. */
  get bytesPerSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < 500 || last.done <= first.done) return undefined;
    return ((last.done - first.done) * 1000) / (last.at - first.at);
  }
}
